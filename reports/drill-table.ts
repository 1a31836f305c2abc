import { formatDuration } from './duration-text.ts';
import { type ShownOutcome, shownOutcome } from './outcome-counts.ts';
import type { DrillRun, Run, ScenarioRun } from './run-model.ts';

/** Fault × moment: what came of the drills of a run; a fault on another controller or layout has a row of its own. */
export interface DrillTable {
  /** How many drills were to be run, each once however often it was repeated. */
  planned: number;
  /** How many of them were begun before the run was over. */
  begun: number;
  /** Of drills with several faults they are joined by ` and `. */
  moments: string[];
  rows: DrillRow[];
}

export interface DrillRow {
  faults: string;
  /** What the disks were on, and the layout, where the drills say so. */
  controller?: string;
  layout?: string;
  /** The rightful end, where it is not that the machine is well again. */
  ends?: string;
  /** Only moments at which there was a drill. */
  cells: DrillCell[];
}

export interface DrillCell {
  moment: string;
  drills: DrillResult[];
}

export interface DrillResult {
  scenarioId: string;
  /** The scenario without its faults. */
  scenario: string;
  outcome: ShownOutcome;
  /** The run was over before it began. */
  neverStarted?: boolean;
  recoveryMs?: number;
  quarantine?: DrillRun['quarantine'];
}

/** What a row is called: `power-cut · ahci · headless-single-disk`. */
export function rowText({ faults, controller, layout, ends }: Omit<DrillRow, 'cells'>): string {
  const expected = ends === undefined ? undefined : `expected: ${ends}`;
  return [faults, controller, layout, expected].filter((text) => text !== undefined).join(' \u00b7 ');
}

/** The table of a run's drills; none where it has none. Rows and cells are sorted by their texts, several faults last. */
export function drillTable(run: Run): DrillTable | undefined {
  const shown = shownDrills(run);
  if (shown.length === 0) return undefined;
  const moments = inOrder(shown, momentsOf);
  const rows = inOrder(shown, rowTextOf).map((row): DrillRow => {
    const ofRow = shown.filter(({ drill }) => rowTextOf(drill) === row);
    const cells = moments.flatMap((moment): DrillCell[] => {
      const drills = ofRow.filter(({ drill }) => momentsOf(drill) === moment).map(resultOf);
      return drills.length === 0 ? [] : [{ moment, drills }];
    });
    return { ...rowOf(ofRow[0]!.drill), cells };
  });
  const names = new Set(shown.map(({ name }) => name));
  const begun = new Set(shown.filter(({ neverStarted }) => !neverStarted).map(({ name }) => name));
  // A run that was killed has not said of each that it never began; a merged one may hold more than drills.
  const isAllDrills = run.scenarios.every(({ drill }) => drill !== undefined);
  const selected = isAllDrills ? (run.selected?.length ?? 0) : 0;
  return { planned: Math.max(names.size, selected), begun: begun.size, moments, rows };
}

/** `2 of 24 drills were begun; their order is drawn from the seed, so they are a random sample.` */
export function drillsSentence(run: Run, { planned, begun }: DrillTable): string {
  const drills = planned === 1 ? 'drill was' : 'drills were';
  const { campaign } = run;
  const counted = begun === planned ? `${begun} ${drills} begun` : `${begun} of ${planned} ${drills} begun`;
  if (campaign === undefined) return `${counted}.`;
  const { matrix, resumes, leftOut, budgetMs } = campaign;
  const isSample = begun < planned && resumes === undefined;
  const parts = [
    begun === planned || budgetMs === undefined
      ? counted
      : `${counted} within the budget of ${formatDuration(budgetMs)}`,
    ...(isSample ? ['their order is drawn from the seed, so they are a random sample'] : []),
    `the matrix ${matrix} has ${campaign.drills}`,
    ...(leftOut > 0 ? [`${leftOut} combinations cannot be, and were left out`] : []),
    ...(resumes === undefined ? [] : [`this run goes on with run ${resumes}`]),
  ];
  return `${parts.join('; ')}.`;
}

/** The outcomes of a cell and the times of recovery: `2 passed, 1 failed, well again after 12.0s to 41.2s`. */
export function cellText({ drills }: DrillCell): string {
  const outcomes = [
    ...Map.groupBy(drills, ({ outcome, neverStarted }) => (neverStarted ? 'not begun' : outcome)),
  ];
  const counts = outcomes.map(([outcome, some]) =>
    drills.length === 1 ? outcome : `${some.length} ${outcome}`,
  );
  const times = drills.flatMap(({ recoveryMs }) => (recoveryMs === undefined ? [] : [recoveryMs]));
  if (times.length === 0) return counts.join(', ');
  const [least, most] = [formatDuration(Math.min(...times)), formatDuration(Math.max(...times))];
  return `${counts.join(', ')}, well again after ${least === most ? least : `${least} to ${most}`}`;
}

type ShownDrill = ScenarioRun & { drill: DrillRun };

/** Final attempts; a drill that was never begun is there once, and only where no other run of it was begun. */
function shownDrills(run: Run): ShownDrill[] {
  const drills = run.scenarios.filter((one): one is ShownDrill => one.isFinal && one.drill !== undefined);
  const known = new Set(drills.filter(({ neverStarted }) => !neverStarted).map(({ name }) => name));
  return drills.filter(({ name, neverStarted }) => {
    if (!neverStarted) return true;
    const isNew = !known.has(name);
    known.add(name);
    return isNew;
  });
}

function resultOf(scenario: ShownDrill): DrillResult {
  const { scenarioId, drill, neverStarted } = scenario;
  const { recoveryMs, quarantine } = drill;
  return {
    ...{ scenarioId, scenario: drill.scenario, outcome: shownOutcome(scenario) },
    ...(neverStarted && { neverStarted }),
    ...(recoveryMs === undefined ? {} : { recoveryMs }),
    ...(quarantine && { quarantine }),
  };
}

function rowTextOf(drill: DrillRun): string {
  return rowText(rowOf(drill));
}

function rowOf({ faults, controller, layout, ends }: DrillRun): Omit<DrillRow, 'cells'> {
  return {
    faults: faults.map(({ text }) => text).join(' and '),
    ...(controller === undefined ? {} : { controller }),
    ...(layout === undefined ? {} : { layout }),
    ...(ends === undefined ? {} : { ends }),
  };
}

function momentsOf({ faults }: DrillRun): string {
  return faults.map(({ moment }) => moment).join(' and ');
}

/** Each text once; those of drills with several faults come last. */
function inOrder(drills: readonly ShownDrill[], textOf: (drill: DrillRun) => string): string[] {
  const counts = new Map(drills.map(({ drill }) => [textOf(drill), drill.faults.length]));
  return [...counts.keys()].sort(
    (one, other) => counts.get(one)! - counts.get(other)! || (one < other ? -1 : 1),
  );
}
