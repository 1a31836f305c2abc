import { createHash } from 'node:crypto';
import { matchesGlob } from 'node:path';
import type { CampaignFacts } from '../../../reports/index.ts';
import { SeededNumbers } from '../../faults/index.ts';
import type { LoadedScenario } from '../../load-scenarios.ts';
import { selectScenarios } from '../../select-scenarios.ts';
import { type DrillOptions, drilledScenario } from '../drilled-scenario.ts';
import { drillsErrors } from '../errors.ts';
import { canBeAt, type PlannedFault } from '../fault-plan.ts';
import { canBeOn, type DrillAxes } from '../machine-variation.ts';
import type { RightfulEnd } from '../rightful-end.ts';
import type { MatrixGroup, QuarantineEntry } from './matrix-schema.ts';
import type { Matrix } from './read-matrix.ts';

/** All drills of a matrix, in the order in which they are run. */
export interface Campaign {
  drills: LoadedScenario[];
  facts: CampaignFacts;
}

/**
 * Expands a matrix: every fault at every moment in every scenario of its group, on every controller and layout that the group
 * names, as far as the fault can be injected then and there; what is named twice is there once. The seed draws the order, so that
 * what a budget leaves time for is a random sample.
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
      for (const { plan, axes, ends } of expanded.plans) {
        const drilled = drilledScenario(scenario, plan, { ...options, ...axes, ends });
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

interface PlacedPlan {
  plan: readonly PlannedFault[];
  axes: DrillAxes;
  ends: RightfulEnd | undefined;
}

function plansOf(group: MatrixGroup): { plans: PlacedPlan[]; leftOut: number } {
  const { moments, faults, plans } = group;
  const combined = faults.flatMap(({ fault, moments: own, ends }) =>
    (own ?? moments).map((moment) => ({ faults: [{ ...fault, moment }], ends })),
  );
  const everywhere = axesOf(group).flatMap((axes) =>
    [...combined, ...plans].map(({ faults, ends }): PlacedPlan => ({ plan: faults, axes, ends })),
  );
  const possible = everywhere.filter(({ plan, axes }) =>
    plan.every(
      (planned) => canBeAt(planned.declaration, planned.moment) && canBeOn(axes.controller, planned),
    ),
  );
  return { plans: possible, leftOut: everywhere.length - possible.length };
}

/** Without axes, the machines are as the scenarios have them. */
function axesOf({ controllers, layouts }: MatrixGroup): DrillAxes[] {
  const onControllers: DrillAxes[] = controllers?.map((controller) => ({ controller })) ?? [{}];
  return onControllers.flatMap((axes) => layouts?.map((layout) => ({ ...axes, layout })) ?? [axes]);
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
