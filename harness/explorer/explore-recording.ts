import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import type { DrillSubject } from '../drills/drill-subject.ts';
import { acknowledgedBefore } from './acknowledgements.ts';
import { bootOrder } from './boot-order.ts';
import type { StateBooter } from './boot-state.ts';
import type { StateCluster } from './clusters.ts';
import { formatCrashState } from './crash-state.ts';
import type { Exploration, ExploredState } from './exploration.ts';
import { exploreStates } from './explore-states.ts';
import { fileSystemsJudge, partitionTableJudge } from './fast-witnesses.ts';
import { type Judge, type JudgedState, judgeStates } from './judge-states.ts';
import { isDamaged, isLost, shortened, whyOf } from './judged-words.ts';
import { diskNamed, OtherDisks } from './other-disks.ts';
import type { Recording } from './recording.ts';
import type { ReportedState, SpanReport } from './span-report.ts';
import { StateJudging } from './state-judging.ts';
import { summarizeSpan } from './summarize-span.ts';
import { readWriteHistory, type WriteHistory } from './write-history.ts';
import { writeState } from './write-state.ts';

/** How far one recording is explored. */
export interface SpanBudget {
  /** For witnesses and machines together; a boot that has begun comes to its end. */
  budgetMs: number;
  /** At most so many boots. */
  boots: number;
  tearUnitSectors: number;
  tearEverywhere?: boolean;
  uniformDraws: number;
}

/** What is explored, and with what. */
export interface SpanPlace {
  bench: Bench;
  subject: DrillSubject;
  booter: StateBooter;
  recording: Recording;
  recordingPath: string;
  /** The command that repeats one state. */
  commandFor: (state: string) => string;
}

/** Witnesses take at most so much of the budget while there are boots to come. */
const witnessShare = 0.4;
const keptStates = 8;
const listedFailures = 20;

/** What is known of a recording before states are tried. */
export class ExploredSpan {
  readonly place: SpanPlace;
  readonly history: WriteHistory;
  readonly others: OtherDisks;
  readonly judges: readonly Judge[];
  readonly fromPoint: number;
  /** What ended the boots before their time, and is not the product's fault; what was found by then counts. */
  trouble: unknown;
  readonly #acknowledged: ReturnType<typeof acknowledgedBefore>;
  readonly #verdicts = new Map<number, JudgedState>();
  readonly #booted = new Map<number, string | null>();
  readonly #failures: ReportedState[] = [];
  #failureCount = 0;
  #betweenCount = 0;

  private constructor(place: SpanPlace, history: WriteHistory, others: OtherDisks, judges: readonly Judge[]) {
    const { fromBytes, acknowledgements } = place.recording;
    this.place = place;
    this.history = history;
    this.others = others;
    this.judges = judges;
    this.fromPoint = history.entries.filter(({ endOffsetBytes }) => endOffsetBytes <= fromBytes).length;
    this.#acknowledged = acknowledgedBefore(history, acknowledgements);
  }

  /** Reads the logs. @throws what `readWriteHistory` throws. */
  static async read(place: SpanPlace): Promise<ExploredSpan> {
    const { recording, subject } = place;
    const { basePath, logPath } = diskNamed(recording.disks, recording.disk);
    const whole = await readWriteHistory(basePath, logPath!);
    const others = await OtherDisks.read(recording, whole);
    const entries = whole.entries.filter(({ endOffsetBytes }) => endOffsetBytes <= recording.toBytes);
    const judges = (await subject.exploration?.judges?.({ name: recording.disk, basePath })) ?? [
      partitionTableJudge,
      fileSystemsJudge(),
    ];
    return new ExploredSpan(place, { ...whole, entries }, others, judges);
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
      if (isLost(judged)) await this.#fail(judged.explored, whyOf(judged));
    }
    const clusters = this.#inSpan(exploration, judgement.clusters);
    const endMs = startMs + budget.budgetMs;
    const bootsMs = performance.now();
    await this.#bootStates(exploration, clusters, { endMs, boots: budget.boots });
    const bootedMs = performance.now() - bootsMs;
    return summarizeSpan({
      ...{ place: this.place, exploration, clusters, fromPoint: this.fromPoint },
      ...{ verdicts: this.#verdicts, booted: this.#booted, trouble: this.trouble },
      ...{ failures: this.#failures, failureCount: this.#failureCount },
      ...{ betweenCount: this.#betweenCount, unrecordedDisks: this.others.unrecorded },
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
    if (isLost(judged)) await this.#fail(explored, whyOf(judged));
    await this.#boot(explored);
  }

  /** What is not legal of the states that were tried by now; the first ones. */
  get failures(): readonly ReportedState[] {
    return this.#failures;
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

  async #bootStates(
    exploration: Exploration,
    clusters: readonly StateCluster[],
    { endMs, boots }: { endMs: number; boots: number },
  ): Promise<void> {
    const damaged = new Set(
      [...this.#verdicts.values()].filter(isDamaged).map(({ explored }) => explored.number),
    );
    const inSpan = new Set(clusters.flatMap(({ states }) => states));
    const lost = new Set([...this.#verdicts.values()].filter(isLost).map(({ explored }) => explored.number));
    for (const number of bootOrder(exploration, clusters, damaged)) {
      if (this.#booted.size >= boots || performance.now() >= endMs) break;
      if (!inSpan.has(number) || lost.has(number)) continue;
      try {
        this.#booted.set(number, await this.#boot(exploration.state(number)));
      } catch (error) {
        this.place.bench.signal.throwIfAborted();
        this.trouble = error;
        break;
      }
    }
  }

  /** Where it is not known how far the other disks were, the product has to come back from one of the two ways. */
  async #boot(explored: ExploredState): Promise<string | null> {
    const { booter, recording } = this.place;
    const { state } = explored;
    const identity = formatCrashState(state);
    const acknowledged = this.#acknowledged(state.point).map(({ label }) => label);
    const ways = this.others.at(state.point);
    if (ways.length > 1) this.#betweenCount += 1;
    let why: string | null = null;
    for (const [index, way] of ways.entries()) {
      const sentence = `${this.title}: state ${shortened(identity)} comes back${index === 0 ? '' : ', other disks earlier'}`;
      why = await booter.boot(
        sentence,
        { name: recording.disk, history: this.history, state },
        way,
        acknowledged,
      );
      if (why === null) return null;
    }
    await this.#fail(explored, why!);
    return why;
  }

  async #fail({ state }: ExploredState, why: string): Promise<void> {
    const { bench, commandFor, recording } = this.place;
    this.#failureCount += 1;
    if (this.#failures.length >= listedFailures) return;
    const identity = formatCrashState(state);
    const failure: ReportedState = { state: identity, why, command: commandFor(identity) };
    if (this.#failures.length < keptStates) {
      const folder = join(bench.evidenceFolder, 'states');
      await mkdir(folder, { recursive: true });
      const name = `${recording.disk}-${recording.powerOn}-${this.#failures.length + 1}.qcow2`;
      failure.diskPath = join(folder, name);
      await writeState(this.history, state, failure.diskPath, { format: 'qcow2' });
      await bench.artifact(failure.diskPath, 'disk');
    }
    this.#failures.push(failure);
  }
}

/** The explorer's seed is a number; a run's is any word. */
function seedNumber(seed: string): number {
  return createHash('sha256').update(seed).digest().readUInt32LE(0) >>> 1;
}
