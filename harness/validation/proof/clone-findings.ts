import { asEvidence } from '../../inspection/file-systems/printable.ts';
import type { Finding } from '../../inspection/finding.ts';
import type { CloneFailure, ProofCollector } from './proof-collector.ts';
import type { ProofFindingKind } from './proof-finding-kinds.ts';

/**
 * What the failures of clones say of the disk: nothing, where the host or Assay is to blame (spec H5). Pure.
 *
 * @param expected Names of all clones that were to be started: of one that nothing is known of something is open.
 */
export function findingsOfClones(
  { clones, failures }: Pick<ProofCollector, 'clones' | 'failures'>,
  expected: readonly string[],
): Finding[] {
  const untried = expected.filter((name) => !clones.some((clone) => clone.name === name));
  const unfinished = clones.filter(
    ({ name, boots }) =>
      (boots.length < 2 || boots.some(({ readyMs }) => readyMs === undefined)) &&
      !failures.some(({ clone }) => clone === name),
  );
  return [
    ...failures.map((failure) => ({
      kind: kindOf(failure),
      where: `${failure.clone}, boot ${failure.boot}`,
      evidence: asEvidence(failure.text),
    })),
    ...untried.map((name) => incomplete(name, 'it was not started')),
    ...unfinished.map(({ name }) => incomplete(name, 'it was not started twice')),
  ];
}

function kindOf({ blame, phase, boot }: CloneFailure): ProofFindingKind {
  if (blame !== 'product') return 'proof-incomplete';
  if (phase === 'ready') return boot === 1 ? 'clone-not-ready' : 'clone-second-boot-fails';
  return phase === 'shut-down' ? 'clone-does-not-shut-down' : 'proof-incomplete';
}

function incomplete(where: string, evidence: string): Finding {
  return { kind: 'proof-incomplete', where, evidence };
}
