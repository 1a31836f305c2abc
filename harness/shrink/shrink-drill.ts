import { type DrillOptions, drilledScenario } from '../drills/drilled-scenario.ts';
import { type PlannedFault, partOfPlan, plannedFaultText } from '../drills/fault-plan.ts';
import type { FurtherAttempts } from '../further-attempts.ts';
import { reproduceCommand } from '../reproduce-command.ts';
import type { Scenario } from '../scenario.ts';
import {
  type AttemptVerdict,
  type CandidateResult,
  resultOf,
  type WantedFailure,
} from './candidate-result.ts';
import { type FewestFound, fewestThatFail, mostCandidates } from './fewest-that-fail.ts';

/** A drill with the parts that it was made of. */
export interface ShrinkableDrill {
  /** Without its faults. */
  scenario: Scenario;
  /** The scenario's file. */
  file: string;
  plan: readonly PlannedFault[];
  options: Partial<DrillOptions>;
  /** The code of the failure that is looked for; without it, that by which the drill fails first in this run. */
  code?: string | undefined;
}

export interface ShrinkOptions {
  /** Each candidate is tried so often at most; it fails when it fails once. */
  repeat: number;
  /** Every failure of the product counts, not only that of the whole. */
  anyFailure: boolean;
  /** On the clock of performance.now(): no run is begun after it. */
  deadlineMs?: number | undefined;
}

/** What shrinking one drill has come to. */
export interface ShrunkDrill {
  /** The name of the whole. */
  drill: string;
  /** The code that a candidate has to fail by; none where every failure of the product counts. */
  code?: string;
  /** The whole plan. */
  faults: string[];
  /** The smallest plan that was seen to fail; none at all where the scenario fails without any fault. */
  fewest: string[];
  /** `minimal`: without any single one of the faults it did not fail. Else why it was not gone on with. */
  end: 'minimal' | 'budget-over' | 'interrupted';
  /** What came of the smallest plan in a last run; missing where there was none. */
  lastRun?: CandidateResult['verdict'];
  /** Runs the smallest plan again. */
  command: string;
  /** How many runs it took. */
  runs: number;
  candidates: CandidateResult[];
}

/**
 * Shrinks the plan of a drill that was seen to fail to the fewest faults that still fail (spec H7), by delta debugging. Each fault
 * keeps its seed. What neither fails nor passes is unresolved, and never taken for a failure.
 *
 * @throws what concerns the run and not a candidate.
 */
export async function shrinkDrill(
  drill: ShrinkableDrill,
  wanted: WantedFailure,
  options: ShrinkOptions,
  more: FurtherAttempts,
): Promise<ShrunkDrill> {
  const candidates: CandidateResult[] = [];
  const whole = withFaults(drill, drill.plan).name;
  const most = mostCandidates(drill.plan.length) + (canFailWithout(drill, wanted) ? 1 : 0);
  const stopped = () => stopOf(options, more);
  const tryOut = (kept: readonly PlannedFault[], what: string, repeat: number) =>
    tryCandidate(drill, kept, { wanted, repeat, what: `shrinks ${whole}: ${what}`, stopped }, more);
  const verdictOf = async (kept: readonly PlannedFault[], what: string) => {
    const result = await tryOut(kept, what, options.repeat);
    if (result !== undefined) candidates.push(result);
    return result?.verdict;
  };
  const isNoFaults = canFailWithout(drill, wanted)
    ? (await verdictOf([], 'the scenario by itself')) === 'fails'
    : false;
  const found: FewestFound<PlannedFault> = isNoFaults
    ? { items: [], isMinimal: true }
    : await fewestThatFail(drill.plan, (kept) =>
        verdictOf(kept, `candidate ${candidates.length + 1} of at most ${most}`),
      );
  const end = found.isMinimal ? 'minimal' : (stopped() ?? 'interrupted');
  const last = found.isMinimal ? await tryOut(found.items, 'the smallest once more', 1) : undefined;
  const fewest = partOfPlan(drill.plan, found.items);
  return {
    drill: whole,
    ...(wanted.code === undefined ? {} : { code: wanted.code }),
    faults: drill.plan.map(plannedFaultText),
    fewest: fewest.map(plannedFaultText),
    end,
    ...(last === undefined ? {} : { lastRun: last.verdict }),
    command: reproduceCommand(withFaults(drill, fewest), more),
    runs: [...candidates, ...(last === undefined ? [] : [last])].flatMap(({ attempts }) => attempts).length,
    candidates,
  };
}

/** Without faults it is the scenario itself. */
function withFaults({ scenario, options }: ShrinkableDrill, plan: readonly PlannedFault[]): Scenario {
  return plan.length === 0 ? scenario : drilledScenario(scenario, plan, options);
}

/** By what only a drill says it cannot; and a scenario by itself is not built as a drill with axes is. */
function canFailWithout(
  { options: { controller, layout } }: ShrinkableDrill,
  { code }: WantedFailure,
): boolean {
  return code?.startsWith('DRILLS_') !== true && controller === undefined && layout === undefined;
}

function stopOf({ deadlineMs }: ShrinkOptions, { signal }: FurtherAttempts) {
  if (signal.aborted) return 'interrupted' as const;
  const isLate = deadlineMs !== undefined && performance.now() >= deadlineMs;
  return isLate ? ('budget-over' as const) : undefined;
}

interface Trial {
  wanted: WantedFailure;
  /** Runs at most. */
  repeat: number;
  /** For the remark on it. */
  what: string;
  stopped: () => ReturnType<typeof stopOf>;
}

/** Undefined where it was stopped before it could tell: then it says nothing. */
async function tryCandidate(
  drill: ShrinkableDrill,
  kept: readonly PlannedFault[],
  { wanted, repeat, what, stopped }: Trial,
  more: FurtherAttempts,
): Promise<CandidateResult | undefined> {
  if (stopped() !== undefined) return undefined;
  const part = partOfPlan(drill.plan, kept);
  const faults = part.map(plannedFaultText);
  more.note(`${what}, ${faults.length === 0 ? 'without faults' : `under ${faults.join(' and ')}`}`);
  const scenario = withFaults(drill, part);
  const attempts: AttemptVerdict[] = [];
  while (attempts.length < repeat && attempts.every(({ verdict }) => verdict !== 'fails')) {
    if (stopped() !== undefined) return undefined;
    const { name } = scenario;
    const earlier = more.run.scenarios.filter((attempt) => attempt.name === name).length;
    const attempt = await more.attempt({ scenario, file: drill.file }, `${name}.${earlier + 1}`);
    if (more.signal.aborted) return undefined;
    attempts.push(resultOf(attempt, wanted));
  }
  const verdicts = new Set(attempts.map(({ verdict }) => verdict));
  const verdict = verdicts.has('fails') ? 'fails' : verdicts.has('unresolved') ? 'unresolved' : 'passes';
  return { faults, verdict, attempts };
}
