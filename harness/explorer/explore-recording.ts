import { createHash } from 'node:crypto';
import type { Bench } from '../bench.ts';
import type { DrillSubject } from '../drills/drill-subject.ts';
import { bootOrder } from './boot-order.ts';
import type { StateBooter } from './boot-state.ts';
import type { StateCluster } from './clusters.ts';
import type { Exploration, ExploredState } from './exploration.ts';
import { exploreStates } from './explore-states.ts';
import { fileSystemsJudge, partitionTableJudge } from './fast-witnesses.ts';
import type { ForkNames } from './fork-judging.ts';
import { type Judge, type JudgedState, judgeStates } from './judge-states.ts';
import { isDamaged, isLost, whyOf } from './judged-words.ts';
import { diskNamed, OtherDisks } from './other-disks.ts';
import type { Recording } from './recording.ts';
import type { ReportedState, SpanReport } from './span-report.ts';
import { StateJudging } from './state-judging.ts';
import { StateTrials } from './state-trials.ts';
import { summarizeSpan } from './summarize-span.ts';
import { readWriteHistory, type WriteHistory } from './write-history.ts';

/** How far one recording is explored. */
export interface SpanBudget {
  /** For witnesses and machines together; a boot that has begun comes to its end. */
  budgetMs: number;
  /** At most so many boots. */
  boots: number;
  tearUnitSectors: number;
  tearEverywhere?: boolean;
  uniformDraws: number;
  /** Whether states are judged in forks where the subject says how; true by default. */
  forks?: boolean;
}

/** What is explored, and with what. */
export interface SpanPlace {
  bench: Bench;
  subject: DrillSubject;
  booter: StateBooter;
  /** For machines beside the subject's. */
  forkNames: ForkNames;
  /** A machine has to be back within this, before the time-out scale. */
  wellWithinMs: number;
  recording: Recording;
  recordingPath: string;
  /** The command that repeats one state. */
  commandFor: (state: string) => string;
}

/** Witnesses take at most so much of the budget while there are boots to come. */
const witnessShare = 0.4;

/** What is known of a recording before states are tried. */
export class ExploredSpan {
  readonly place: SpanPlace;
  readonly history: WriteHistory;
  readonly others: OtherDisks;
  readonly judges: readonly Judge[];
  readonly fromPoint: number;
  readonly #trials: StateTrials;
  readonly #verdicts = new Map<number, JudgedState>();

  private constructor(place: SpanPlace, history: WriteHistory, others: OtherDisks, judges: readonly Judge[]) {
    const { fromBytes } = place.recording;
    this.place = place;
    this.history = history;
    this.others = others;
    this.judges = judges;
    this.fromPoint = history.entries.filter(({ endOffsetBytes }) => endOffsetBytes <= fromBytes).length;
    this.#trials = new StateTrials({ place, history, others, title: this.title });
  }

  /** Reads the logs. @throws what `readWriteHistory` throws. */
  static async read(whole: SpanPlace): Promise<ExploredSpan> {
    const place = { ...whole, recording: promisedInSpan(whole.recording) };
    const { recording, subject } = place;
    const { basePath, logPath } = diskNamed(recording.disks, recording.disk);
    const history = await readWriteHistory(basePath, logPath!);
    const others = await OtherDisks.read(recording, history);
    const entries = history.entries.filter(({ endOffsetBytes }) => endOffsetBytes <= recording.toBytes);
    const judges = (await subject.exploration?.judges?.({ name: recording.disk, basePath })) ?? [
      partitionTableJudge,
      fileSystemsJudge(),
    ];
    return new ExploredSpan(place, { ...history, entries }, others, judges);
  }

  /** Looks at the states, then switches the machine on with them, until the budget is over. */
  async explore(budget: SpanBudget): Promise<SpanReport> {
    const { bench, recording } = this.place;
    const startMs = performance.now();
    const { uniformDraws, tearUnitSectors, tearEverywhere = false } = budget;
    const exploration = exploreStates(this.history, {
      ...{ seed: seedNumber(bench.seed), uniformDraws, tearUnitSectors, tearEverywhere },
    });
    const { title } = this;
    const witnessBudgetMs = budget.budgetMs * (budget.boots === 0 ? 1 : witnessShare);
    const judgement = await bench.step(
      `witnesses look at the states of ${title}`,
      () =>
        judgeStates(exploration, {
          judges: this.judges,
          acknowledgements: recording.acknowledgements,
          fromPoint: this.fromPoint,
          budgetMs: witnessBudgetMs,
          scratchFolder: bench.workFolder,
          signal: bench.signal,
          onJudged: (judged) => this.#verdicts.set(judged.explored.number, judged),
        }),
      { category: 'disk' },
    );
    const witnessMs = performance.now() - startMs;
    for (const judged of judgement.failures) {
      if (isLost(judged)) await this.#trials.fail(judged.explored, whyOf(judged));
    }
    const clusters = this.#inSpan(exploration, judgement.clusters);
    const endMs = startMs + budget.budgetMs;
    const bootsMs = performance.now();
    await this.#trials.tryStates(exploration, this.#orderOf(exploration, clusters), { ...budget, endMs });
    const bootedMs = performance.now() - bootsMs;
    return summarizeSpan({
      ...{ place: this.place, exploration, clusters, fromPoint: this.fromPoint },
      ...{ verdicts: this.#verdicts, unrecordedDisks: this.others.unrecorded },
      ...this.#trials.findings,
      ...{ witnessMs, bootedMs, uniform: judgement.uniform },
    });
  }

  /** Looks at one state, and switches the machine on with it. */
  async repeat(explored: ExploredState): Promise<void> {
    const { bench, recording } = this.place;
    const { acknowledgements } = recording;
    await using judging = await StateJudging.begin(this.history, {
      ...{ judges: this.judges, acknowledgements, scratchFolder: bench.workFolder, signal: bench.signal },
    });
    const judged = await judging.judge(explored);
    for (const { judge, outcome, report } of judged.verdicts) {
      bench.note(`${judged.identity}: ${judge}: ${outcome}${report === undefined ? '' : `: ${report}`}`);
    }
    if (isLost(judged)) await this.#trials.fail(explored, whyOf(judged));
    await this.#trials.boot(explored);
  }

  /** What is not legal of the states that were tried by now; the first ones. */
  get failures(): readonly ReportedState[] {
    return this.#trials.findings.failures;
  }

  /** What ended the boots before their time, and is not the product's fault; what was found by then counts. */
  get trouble(): unknown {
    return this.#trials.findings.trouble;
  }

  get title(): string {
    const { machine, disk, powerOn } = this.place.recording;
    return `disk ${disk} of ${machine}, power-on ${powerOn}`;
  }

  #inSpan(exploration: Exploration, clusters: readonly StateCluster[]): StateCluster[] {
    return clusters
      .map((cluster) => ({
        ...cluster,
        states: cluster.states.filter((number) => exploration.state(number).state.point >= this.fromPoint),
      }))
      .filter(({ states }) => states.length > 0);
  }

  /** States that are tried in machines, the most telling ones first. */
  #orderOf(exploration: Exploration, clusters: readonly StateCluster[]): number[] {
    const judged = [...this.#verdicts.values()];
    const numbersOf = (which: (judged: JudgedState) => boolean) =>
      new Set(judged.filter(which).map(({ explored }) => explored.number));
    const [damaged, lost] = [numbersOf(isDamaged), numbersOf(isLost)];
    const inSpan = new Set(clusters.flatMap(({ states }) => states));
    return [...bootOrder(exploration, clusters, damaged)].filter(
      (number) => inSpan.has(number) && !lost.has(number),
    );
  }
}

/** What was promised after the span's end is no promise at its last cut. */
function promisedInSpan(recording: Recording): Recording {
  const acknowledgements = recording.acknowledgements.filter(({ position }) => position <= recording.toBytes);
  return { ...recording, acknowledgements };
}

/** The explorer's seed is a number; a run's is any word. */
function seedNumber(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32LE(0) >>> 1;
}
