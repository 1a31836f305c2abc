import type { Acknowledgement } from './acknowledgements.ts';
import { clustersOf, type StateCluster, testOrder } from './clusters.ts';
import { type FailureBound, failureBound } from './confidence.ts';
import { type PlaceOf, placesOfTable, tableOrNull } from './disk-places.ts';
import type { Exploration, ExploredState } from './exploration.ts';
import type { JudgedDisk } from './judged-disk.ts';
import { StateJudging } from './state-judging.ts';

/** What a judge says of a state. */
export interface Verdict {
  judge: string;
  /**
   * `mended`: what every boot mends by itself without asking anybody. `damaged`: what the product has to get over.
   * `lost`: what was promised is gone, whatever the product makes of the disk.
   */
  outcome: 'sound' | 'mended' | 'damaged' | 'lost';
  report?: string;
}

/**
 * Looks at a state and says what it thinks. When the witness cannot read the disk for it (`WITNESS_FILE_SYSTEM_UNREADABLE`,
 * `WITNESS_PATH_MISSING` and their like), that is damage, too. Whatever else it throws ends the judging.
 */
export type Judge = (disk: JudgedDisk) => Promise<Verdict>;

export interface JudgedState {
  explored: ExploredState;
  /** The state in one line, as `parseCrashState` reads it. */
  identity: string;
  verdicts: readonly Verdict[];
  isFailure: boolean;
}

export interface JudgeOptions {
  judges: readonly Judge[];
  acknowledgements?: readonly Acknowledgement[];
  /** States that only cuts before this point leave are passed over; 0 by default. */
  fromPoint?: number;
  /** Ends after the state at hand when it is over; without it, all states are judged. */
  budgetMs?: number;
  /** Ends after so many failures; without it, all of them are looked for. */
  maxFailures?: number;
  /** For grouping; by default by the base image's partitions. */
  placeOf?: PlaceOf;
  /** Where the disk is made that becomes state after state; by default the system's folder for temporary files. */
  scratchFolder?: string;
  signal?: AbortSignal;
  onJudged?: (judged: JudgedState) => void;
}

export interface Judgement {
  clusters: readonly StateCluster[];
  /** How many states were judged, of how many there are: see `Exploration.distinctCount`. */
  judgedCount: number;
  failures: readonly JudgedState[];
  /**
   * What the draws of the uniform stratum say, as far as they were judged without a gap. A state counts as often as it
   * was drawn, and as failed also when it only fails for what was acknowledged before the latest cut that leaves it.
   */
  uniform: FailureBound;
}

/**
 * Tests the states of an exploration on the disk, without booting: one of each cluster first, then the uniform draws,
 * then the rest, until the budget ends.
 *
 * @throws what judges throw; EXPLORER_STATE_NOT_WRITTEN.
 */
export async function judgeStates(exploration: Exploration, options: JudgeOptions): Promise<Judgement> {
  const { history } = exploration;
  const { fromPoint = 0, budgetMs = Infinity, maxFailures = Infinity } = options;
  const placeOf = options.placeOf ?? placesOfTable(await tableOrNull(history.basePath));
  const clusters = clustersOf(exploration, placeOf);
  const endMs = performance.now() + budgetMs;
  const failedByNumber = new Map<number, boolean>();
  const failures: JudgedState[] = [];
  await using judging = await StateJudging.begin(history, options);
  for (const number of testOrder(exploration, clusters)) {
    options.signal?.throwIfAborted();
    if (performance.now() >= endMs || failures.length >= maxFailures) break;
    const state = exploration.state(number);
    if (state.state.point < fromPoint) continue;
    const judged = await judging.judge(state);
    failedByNumber.set(number, judged.isFailure);
    if (judged.isFailure) failures.push(judged);
    options.onJudged?.(judged);
  }
  const uniform = uniformBound(
    exploration.drawnFrom(fromPoint),
    failedByNumber,
    new Set(clusters.map(({ states }) => states[0]!)),
  );
  return { clusters, judgedCount: failedByNumber.size, failures, uniform };
}

/**
 * What the draws say that were tested before the first one that was not: of these nobody has chosen a part. When it is not all
 * of them, they end with one that was tested because its turn had come: what lies between it and the gap is there only because
 * it had been chosen, and without any turn nothing is claimed.
 *
 * @param drawn The states of all draws, in the order in which they were drawn.
 * @param failed Of each state that was tested, whether it failed.
 * @param chosen States that are tested whether they were drawn or not.
 */
export function uniformBound(
  drawn: readonly number[],
  failed: ReadonlyMap<number, boolean>,
  chosen: ReadonlySet<number>,
): FailureBound {
  const gap = drawn.findIndex((number) => !failed.has(number));
  const last = drawn.findLastIndex((number, index) => index < gap && !chosen.has(number));
  const tested = gap === -1 ? drawn : drawn.slice(0, last + 1);
  return failureBound(tested.filter((number) => failed.get(number)).length, tested.length);
}
