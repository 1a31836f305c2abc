import { resolve } from 'node:path';
import type { ProofReport } from '../../../reports/validation/index.ts';
import type { LoadedScenario } from '../../load-scenarios.ts';
import type { RunResult } from '../../run-scenarios.ts';
import { compareChanges } from '../divergence/compare-changes.ts';
import type { DiskProof } from '../validate-disk.ts';
import { findingsOfClones } from './clone-findings.ts';
import type { ProofProfile } from './clone-hardware.ts';
import { cloneScenario } from './clone-scenario.ts';
import { compareIdentities } from './compare-identities.ts';
import { loadIdentities } from './load-identities.ts';
import { newProofCollector } from './proof-collector.ts';
import { planRecovery } from './recovery-plan.ts';
import { recoveryResults } from './recovery-results.ts';
import { recoveryScenarios } from './recovery-scenarios.ts';
import { newTogetherCollector, togetherFindings, togetherScenario } from './together.ts';

export interface ProofOptions {
  imagePath: string;
  profile: ProofProfile;
  /** How many; from 1, though one clone cannot be compared with anything. */
  clones: number;
  /** The words by which `assay` proves the disk again. */
  command: readonly string[];
}

/** A proof that can be run: everything in the profile that can be wrong has been looked at. */
export interface PreparedProof {
  scenarios: LoadedScenario[];
  /** Says what the run has shown. */
  conclude(result: RunResult): DiskProof;
}

/**
 * Prepares what starts clones of a disk (spec H5): the scenarios, for the ordinary runner, and the judgement of what they have observed. Nothing is started yet.
 *
 * @throws FOUNDATION_CONFIG_INVALID, VALIDATION_RECOVERY_INVALID for what the profile asks and cannot be.
 */
export async function prepareProof(options: ProofOptions): Promise<PreparedProof> {
  const { profile, clones, command } = options;
  const imagePath = resolve(options.imagePath);
  const identities = await loadIdentities(profile);
  const collector = newProofCollector();
  const together = newTogetherCollector();
  const { powerCut } = profile;
  const planned = await planRecovery(profile, imagePath, { powerCut });
  const drills = recoveryScenarios(profile, planned, { imagePath, command });
  const indexes = Array.from({ length: clones }, (_, index) => index + 1);
  const names = indexes.map((index) => `clone-${index}`);
  const inOrder = <Named extends { name: string }>(unordered: readonly Named[]) =>
    unordered.toSorted((one, other) => names.indexOf(one.name) - names.indexOf(other.name));
  const scenarios = [
    ...indexes.map((index) => cloneScenario({ index, imagePath, profile, identities, collector })),
    togetherScenario({ imagePath, profile, collector: together }),
    ...drills.map(({ scenario }) => scenario),
  ];
  return {
    scenarios: scenarios.map((scenario) => ({ scenario: { ...scenario, command }, file: options.imagePath })),
    conclude(result) {
      const compared = compareIdentities(collector, identities);
      const changes = inOrder(collector.changes);
      const divergence = changes.length === 0 ? undefined : compareChanges(changes, profile);
      const recovery = recoveryResults(drills, result.run);
      return {
        proof: {
          ...circumstances(result),
          clones: inOrder(collector.clones),
          identities: compared.identities,
          ...(divergence === undefined ? {} : { divergence: divergence.divergence }),
          together: together.attached,
          drills: recovery.drills,
        },
        findings: [
          ...findingsOfClones(collector, names),
          ...compared.findings,
          ...(divergence?.findings ?? []),
          ...togetherFindings(together),
          ...recovery.findings,
        ],
      };
    },
  };
}

function circumstances({ run, runFolder }: RunResult) {
  const { runId, seed, timeoutScale, host } = run;
  const { qemuVersion = 'unknown', accelerator } = host;
  return {
    ...{ runFolder, runId, seed, timeoutScale, qemuVersion },
    accelerator: accelerator?.name ?? 'none',
  } satisfies Partial<ProofReport>;
}
