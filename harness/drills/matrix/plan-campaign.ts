import { createHash } from 'node:crypto';
import { matchesGlob } from 'node:path';
import type { CampaignFacts } from '../../../reports/index.ts';
import { SeededNumbers } from '../../faults/index.ts';
import type { LoadedScenario } from '../../load-scenarios.ts';
import { selectScenarios } from '../../select-scenarios.ts';
import { type DrillOptions, drilledScenario } from '../drilled-scenario.ts';
import { drillsErrors } from '../errors.ts';
import { canBeAt, type PlannedFault } from '../fault-plan.ts';
import type { MatrixGroup, QuarantineEntry } from './matrix-schema.ts';
import type { Matrix } from './read-matrix.ts';

/** All drills of a matrix, in the order in which they are run. */
export interface Campaign {
  drills: LoadedScenario[];
  facts: CampaignFacts;
}

/**
 * Expands a matrix: every fault at every moment in every scenario of its group, as far as the fault can be injected then;
 * what is named twice is there once. The seed draws the order, so that what a budget leaves time for is a random sample.
 *
 * @param loaded All scenarios that are here.
 * @throws HARNESS_NAME_UNKNOWN for a scenario that is not here, DRILLS_MATRIX_INVALID where nothing is left or a quarantine
 * entry is about no drill.
 */
export function planCampaign(
  { path, groups, quarantine }: Matrix,
  loaded: readonly LoadedScenario[],
  { seed, ...options }: { seed: string } & Partial<DrillOptions>,
): Campaign {
  const drills = new Map<string, LoadedScenario>();
  let leftOut = 0;
  for (const group of groups) {
    const scenarios = selectScenarios(loaded, { names: group.scenarios, tags: [] });
    const expanded = plansOf(group);
    leftOut += expanded.leftOut * scenarios.length;
    for (const { scenario, file } of scenarios) {
      for (const plan of expanded.plans) {
        const drilled = drilledScenario(scenario, plan, options);
        drills.set(drilled.name, { scenario: drilled, file });
      }
    }
  }
  if (drills.size === 0) {
    const got = `${leftOut} combinations, and none of them can be`;
    throw drillsErrors.DRILLS_MATRIX_INVALID({ tried: `make drills of ${path}`, got });
  }
  for (const entry of quarantine) putInQuarantine(entry, drills, path);
  // The order of the file says nothing: only what the drills are, and the seed.
  const inOrder = new SeededNumbers(`${seed}-campaign`).shuffle([...drills.keys()].sort());
  const planDigest = createHash('sha256')
    .update(JSON.stringify([seed, inOrder]))
    .digest('hex')
    .slice(0, 16);
  return {
    drills: inOrder.map((name) => drills.get(name)!),
    facts: { matrix: path, planDigest, drills: drills.size, leftOut },
  };
}

function plansOf({ moments, faults, plans }: MatrixGroup): { plans: PlannedFault[][]; leftOut: number } {
  const combined = faults.flatMap(({ fault, moments: own }) =>
    (own ?? moments).map((moment): PlannedFault => ({ ...fault, moment })),
  );
  const possible = combined.filter(({ declaration, moment }) => canBeAt(declaration, moment));
  return {
    plans: [...possible.map((planned) => [planned]), ...plans],
    leftOut: combined.length - possible.length,
  };
}

function putInQuarantine(
  { drill, ...quarantine }: QuarantineEntry,
  drills: Map<string, LoadedScenario>,
  path: string,
): void {
  const meant = [...drills].filter(([name]) => matchesGlob(name, drill));
  if (meant.length === 0) {
    throw drillsErrors.DRILLS_MATRIX_INVALID({
      tried: `put ${drill} in quarantine`,
      where: path,
      expected: `the name of a drill or a pattern of names, such as ${[...drills.keys()][0]}`,
      got: `none of ${drills.size} drills is called so`,
    });
  }
  for (const [name, { scenario, file }] of meant) {
    drills.set(name, { scenario: { ...scenario, drill: { ...scenario.drill!, quarantine } }, file });
  }
}
