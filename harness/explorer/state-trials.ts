import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { acknowledgedBefore } from './acknowledgements.ts';
import type { BootResult } from './come-back.ts';
import { formatCrashState } from './crash-state.ts';
import type { Exploration, ExploredState } from './exploration.ts';
import type { SpanPlace } from './explore-recording.ts';
import { ForkJudging, type JudgedInFork, type WaitingState } from './fork-judging.ts';
import { shortened } from './judged-words.ts';
import type { OtherDisks } from './other-disks.ts';
import type { ReportedState } from './span-report.ts';
import type { SpanFindings } from './summarize-span.ts';
import type { WriteHistory } from './write-history.ts';
import { writeState } from './write-state.ts';

/** What is tried, and where. */
interface TriedSpan {
  place: SpanPlace;
  history: WriteHistory;
  others: OtherDisks;
  /** For the report. */
  title: string;
}

interface TrialLimits {
  /** On the clock of performance.now(); what has begun comes to its end. */
  endMs: number;
  /** At most so many states. */
  boots: number;
  forks?: boolean;
}

const keptStates = 8;
const listedFailures = 20;
/** So many states are asked whether a template would be of use to them, the one at hand among them. */
const lookAhead = 32;

/** Tries states of one recording in machines, and keeps what is not legal. */
export class StateTrials {
  readonly #span: TriedSpan;
  readonly #acknowledged: ReturnType<typeof acknowledgedBefore>;
  readonly #booted = new Map<number, BootResult>();
  readonly #failures: ReportedState[] = [];
  #failureCount = 0;
  #betweenCount = 0;
  #trouble: unknown;
  #forks: SpanFindings['forks'];

  constructor(span: TriedSpan) {
    this.#span = span;
    this.#acknowledged = acknowledgedBefore(span.history, span.place.recording.acknowledgements);
  }

  /** What was found by now. */
  get findings() {
    return {
      ...{ booted: this.#booted, failures: this.#failures, failureCount: this.#failureCount },
      ...{ betweenCount: this.#betweenCount, trouble: this.#trouble },
      ...(this.#forks === undefined ? {} : { forks: this.#forks }),
    };
  }

  /** Tries states, by their numbers: in forks where a template stands for them, else from power-off. */
  async tryStates(
    exploration: Exploration,
    order: readonly number[],
    { endMs, boots, forks = true }: TrialLimits,
  ): Promise<void> {
    await using forking = forks ? this.#forking() : undefined;
    const waiting = (number: number) => this.#waiting(exploration.state(number));
    try {
      for (const [index, number] of order.entries()) {
        const left = boots - this.#booted.size - (forking?.open ?? 0);
        if (left <= 0 || performance.now() >= endMs) break;
        const next = () => order.slice(index + 1, index + Math.min(lookAhead, left)).map(waiting);
        if (await forking?.take(waiting(number), next)) {
          await this.#settle(forking!, exploration);
          continue;
        }
        await forking?.idle();
        this.#booted.set(number, await this.boot(exploration.state(number)));
      }
      await forking?.idle();
      if (forking !== undefined) await this.#settle(forking, exploration);
    } catch (error) {
      this.#span.place.bench.signal.throwIfAborted();
      this.#trouble = error;
    }
    await forking?.idle();
    for (const judged of forking?.fetch() ?? []) if (judged.why === null) this.#isBack(judged, exploration);
    this.#forks = forking?.report;
  }

  /** Switches the machine on with a state, from power-off; one that is not legal is kept. */
  async boot(explored: ExploredState): Promise<BootResult> {
    return (await this.#bootWays(explored)).at(-1)!;
  }

  /** A state is not legal. */
  async fail(explored: ExploredState, why: string): Promise<void> {
    const { place, history } = this.#span;
    const { bench, recording } = place;
    this.#failureCount += 1;
    if (this.#failures.length >= listedFailures) return;
    const failure = this.#reported(explored, why);
    if (this.#failures.length < keptStates) {
      const folder = join(bench.evidenceFolder, 'states');
      await mkdir(folder, { recursive: true });
      const name = `${recording.disk}-${recording.powerOn}-${this.#failures.length + 1}.qcow2`;
      failure.diskPath = join(folder, name);
      await writeState(history, explored.state, failure.diskPath, { format: 'qcow2' });
      await bench.artifact(failure.diskPath, 'disk');
    }
    this.#failures.push(failure);
  }

  /**
   * Where it is not known how far the other disks were, the product has to come back from one of the two ways.
   *
   * @returns what became of each way that was tried: the last one decides.
   */
  async #bootWays(explored: ExploredState): Promise<BootResult[]> {
    const { place, history, others, title } = this.#span;
    const { state } = explored;
    const identity = shortened(formatCrashState(state));
    const disk = { name: place.recording.disk, history, state };
    const results: BootResult[] = [];
    this.#countBetween(explored);
    for (const [index, way] of others.at(state.point).entries()) {
      const sentence = `${title}: state ${identity} comes back${index === 0 ? '' : ', other disks earlier'}`;
      results.push(await place.booter.boot(sentence, disk, way, this.#promisedAt(state.point)));
      if (results.at(-1) === null) return results;
    }
    await this.fail(explored, results.at(-1)!);
    return results;
  }

  /** Undefined where the subject does not say how a fork comes back. */
  #forking(): ForkJudging | undefined {
    const { place, title } = this.#span;
    const { bench, subject, wellWithinMs, forkNames } = place;
    const forks = subject.exploration?.forks;
    if (forks === undefined) return undefined;
    return new ForkJudging({ bench, subject, forks, withinMs: wellWithinMs }, title, forkNames);
  }

  /** In a fork the other disks are as late as they may have been. */
  #waiting({ number, state }: ExploredState): WaitingState {
    const { place, history, others } = this.#span;
    const explored = { name: place.recording.disk, basePath: history.basePath, history, state };
    return {
      ...{ number, identity: formatCrashState(state), acknowledged: this.#promisedAt(state.point) },
      disks: [explored, ...others.at(state.point)[0]!],
    };
  }

  /** What a fork finds wrong is the product's fault only when a full boot finds it, too. */
  async #settle(forking: ForkJudging, exploration: Exploration): Promise<void> {
    const fetched = forking.fetch();
    const isBack = fetched.filter(({ why }) => why === null);
    for (const judged of isBack) this.#isBack(judged, exploration);
    for (const { number, why } of fetched) {
      if (why === null) continue;
      const explored = exploration.state(number);
      await forking.idle();
      const results = await this.#bootWays(explored);
      this.#booted.set(number, results.at(-1)!);
      if (why === undefined) continue;
      // The fork had the disks of the first way.
      forking.confirmed(results[0] === null ? this.#reported(explored, why) : undefined);
    }
  }

  #isBack({ number }: JudgedInFork, exploration: Exploration): void {
    this.#countBetween(exploration.state(number));
    this.#booted.set(number, null);
  }

  #promisedAt(point: number): string[] {
    return this.#acknowledged(point).map(({ label }) => label);
  }

  #countBetween({ state }: ExploredState): void {
    if (this.#span.others.at(state.point).length > 1) this.#betweenCount += 1;
  }

  #reported({ state }: ExploredState, why: string): ReportedState {
    const identity = formatCrashState(state);
    return { state: identity, why, command: this.#span.place.commandFor(identity) };
  }
}
