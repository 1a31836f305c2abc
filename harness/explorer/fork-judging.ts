import { availableParallelism, freemem } from 'node:os';
import { AssayError, errorMessage } from '../../foundation/index.ts';
import type { BootResult } from './come-back.ts';
import type { DiskState } from './content-key.ts';
import type { ForkReport } from './fork-report.ts';
import { ForkTemplate, type TemplatePlace } from './fork-template.ts';
import type { ReportedState } from './span-report.ts';

/** A state that waits to be judged in a machine. */
export interface WaitingState {
  number: number;
  /** In one line. */
  identity: string;
  disks: readonly DiskState[];
  acknowledged: readonly string[];
}

/** What a fork has said of a state. */
export interface JudgedInFork {
  number: number;
  /** Undefined when the fork came to no verdict, and the product is not to blame. */
  why: BootResult | undefined;
}

/** How many templates are made for one recording: each takes as long as a boot or longer. */
const mostTemplates = 4;
/** A state may keep a machine from getting to the line; so often this is tried with another one. */
const mostFailedTemplates = 2;
/** So many states have to gain by one: a fork saves about half a boot, and a watched boot takes longer than others. */
const fewestStates = 6;
/** As many as two cores keep busy. */
const forksAtOnce = 2;

/** Judges states in forks, as far as there are templates that stand for them, and makes templates while that pays. */
export class ForkJudging implements AsyncDisposable {
  readonly #place: TemplatePlace;
  readonly #title: string;
  readonly #names: ForkNames;
  readonly #templates: { template: ForkTemplate; identity: string }[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #inFull = new Map<string, number>();
  readonly #disagreements: ReportedState[] = [];
  readonly #judged: JudgedInFork[] = [];
  #failedTemplates = 0;
  #templateTrouble = 'too few states to make a template for';
  #forks = 0;
  #cameBack = 0;
  #confirmed = 0;
  #busyMs = 0;
  #busySinceMs = 0;
  /** Why no more forks are made. */
  #stopped: string | undefined;

  /** @param title Of the recording, for the report. */
  constructor(place: TemplatePlace, title: string, names: ForkNames) {
    this.#place = place;
    this.#title = title;
    this.#names = names;
  }

  /** How many forks run, or have ended and were not fetched yet. */
  get open(): number {
    return this.#underWay.size + this.#judged.length;
  }

  /**
   * Judges a state in a fork, where a template stands for it or one that is made of it pays. It waits until there is room for
   * the fork, and not for its verdict: see {@link fetch}.
   *
   * @param next States that come next, which may gain by a new template.
   * @returns false when the state has to be booted in full.
   */
  async take(state: WaitingState, next: () => readonly WaitingState[]): Promise<boolean> {
    const template = this.#templateFor(state) ?? (await this.#makeFor(state, next));
    if (template === undefined) {
      this.#countInFull(this.#whyNot(state));
      return false;
    }
    while (this.#underWay.size >= this.#lanes) await Promise.race(this.#underWay);
    if (this.#underWay.size === 0) this.#busySinceMs = performance.now();
    const done = this.#judge(template, state).finally(() => {
      this.#underWay.delete(done);
      if (this.#underWay.size === 0) this.#busyMs += performance.now() - this.#busySinceMs;
    });
    this.#underWay.add(done);
    return true;
  }

  /** What forks have said since this was asked last; whoever asks confirms what is wrong. */
  fetch(): JudgedInFork[] {
    return this.#judged.splice(0);
  }

  /** Waits until no fork runs. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  /**
   * What a fork has found wrong was looked at by a full boot.
   *
   * @param disagreement The state, where the full boot was well: from then on nothing is judged in forks.
   */
  confirmed(disagreement?: ReportedState): void {
    this.#confirmed += 1;
    if (disagreement === undefined) return;
    this.#disagreements.push(disagreement);
    this.#stopped = 'a full boot had said something else than a fork';
  }

  get report(): ForkReport {
    return {
      ...{ judged: this.#forks, cameBack: this.#cameBack, confirmed: this.#confirmed },
      perMinute: this.#forks === 0 ? 0 : this.#forks / (this.#busyMs / 60_000),
      templates: this.#templates.map(({ identity, template }) => ({
        state: identity,
        forks: template.forks,
      })),
      inFull: [...this.#inFull].map(([why, states]) => ({ why, states })),
      disagreements: this.#disagreements,
    };
  }

  /** Waits for the forks, and ends the templates. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.idle();
    for (const { template } of this.#templates) await template[Symbol.asyncDispose]();
  }

  #templateFor({ disks }: WaitingState): ForkTemplate | undefined {
    if (this.#stopped !== undefined) return undefined;
    return this.#templates.find(({ template }) => template.standsFor(disks))?.template;
  }

  async #makeFor(
    state: WaitingState,
    next: () => readonly WaitingState[],
  ): Promise<ForkTemplate | undefined> {
    const isOver = this.#templates.length >= mostTemplates || this.#failedTemplates >= mostFailedTemplates;
    if (this.#stopped !== undefined || isOver) return undefined;
    if (this.#gaining(state, next()) < fewestStates) return undefined;
    // It takes a machine of its own, which needs the room of a fork.
    await this.idle();
    const { bench, subject } = this.#place;
    const name = this.#names.next('template');
    const sentence = `${this.#title}: a template of state ${state.identity} is brought to where it opens the disk`;
    try {
      const make = () => ForkTemplate.make(name, state.disks, this.#place);
      const template = await bench.step(sentence, make, { category: 'boot', machine: subject.machine.name });
      this.#templates.push({ template, identity: state.identity });
      return template;
    } catch (error) {
      bench.signal.throwIfAborted();
      this.#failedTemplates += 1;
      this.#templateTrouble = this.#note('no template could be made', error);
      return undefined;
    }
  }

  /** How many of the next states a template of this one will stand for, by what the last one has read. */
  #gaining({ disks }: WaitingState, next: readonly WaitingState[]): number {
    const last = this.#templates.at(-1)?.template;
    if (last === undefined) return next.length + 1;
    const key = last.readKey(disks);
    return 1 + next.filter((other) => last.readKey(other.disks) === key).length;
  }

  async #judge(
    template: ForkTemplate,
    { number, identity, disks, acknowledged }: WaitingState,
  ): Promise<void> {
    const sentence = `${this.#title}: state ${identity} comes back, as a fork`;
    try {
      const name = this.#names.next('fork');
      const why = await template.judge({ name, sentence, disks, acknowledged });
      this.#forks += 1;
      if (why === null) this.#cameBack += 1;
      this.#judged.push({ number, why });
    } catch (error) {
      this.#stopped ??= this.#note('a fork could not be judged', error);
      this.#countInFull(this.#stopped);
      this.#judged.push({ number, why: undefined });
    }
  }

  #note(what: string, error: unknown): string {
    const { code } = error instanceof AssayError ? error : { code: 'unexpected' };
    const why = `${what}: ${code}: ${errorMessage(error).split('\n')[0]}`;
    this.#place.bench.note(`${this.#title}: ${why}`);
    return why;
  }

  #whyNot({ disks }: WaitingState): string {
    if (this.#stopped !== undefined) return this.#stopped;
    const last = this.#templates.at(-1)?.template;
    if (last === undefined) return this.#templateTrouble;
    const names = last.disksReadOtherwise(disks).join(' and ');
    return `the templates had read sectors of ${names} that are others here`;
  }

  #countInFull(why: string): void {
    this.#inFull.set(why, (this.#inFull.get(why) ?? 0) + 1);
  }

  get #lanes(): number {
    const { memoryMiB } = this.#place.subject.machine.hardware;
    const byMemory = Math.floor(freemem() / (memoryMiB * 1024 * 1024));
    return Math.max(1, Math.min(forksAtOnce, availableParallelism(), byMemory));
  }
}

/** Machines of one scenario have names of their own. */
export class ForkNames {
  readonly #machine: string;
  #count = 0;

  constructor(machine: string) {
    // What a machine's name may have at most, and a number behind it.
    this.#machine = machine.slice(0, 14);
  }

  next(what: 'template' | 'fork'): string {
    this.#count += 1;
    return `${this.#machine}-${what}-${this.#count}`;
  }
}
