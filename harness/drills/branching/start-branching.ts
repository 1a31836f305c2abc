import { stripVTControlCharacters } from 'node:util';
import { errorMessage, formatSize } from '../../../foundation/index.ts';
import type { Machine, RunningMachine } from '../../../vm/index.ts';
import type { Bench } from '../../bench.ts';
import { availableMemoryMiB } from '../../host-memory.ts';
import type { Injection } from '../injection.ts';
import type { KeptStart, KeptStarts } from './kept-starts.ts';
import { startKey } from './start-key.ts';
import { whyNotBranched } from './why-not-branched.ts';

/** What is left to the host and to other machines when a state is kept. */
const sparedMiB = 1024;

/** What a drill shares with others of its run. */
export interface SharedStarts {
  starts: KeptStarts;
  /** The drill's own name. */
  drill: string;
}

/**
 * The way of a machine from its first power-on to where it is ready, in one drill: made, and kept for other drills; or taken from
 * the drill that has made it. The report says which.
 */
export class StartBranching {
  readonly #bench: Bench;
  readonly #shared: SharedStarts;
  readonly #injections: readonly Injection[];

  constructor(bench: Bench, shared: SharedStarts, injections: readonly Injection[]) {
    this.#bench = bench;
    this.#shared = shared;
    this.#injections = injections;
  }

  /** @param start Switches the machine on, and waits until it is ready. @throws what that throws; VM_CHECKPOINT_FAILED */
  async toReady<Result>(machine: Machine, start: () => Promise<Result>): Promise<Result> {
    const { starts } = this.#shared;
    if (whyNotBranched(machine, this.#injections) !== undefined) return await start();
    const key = await startKey(machine, this.#bench.signal);
    if (key === undefined) return await start();
    const kept = starts.find(key);
    if (kept !== undefined) return await this.#goOnFrom(kept, machine, start);
    const needsMiB = 2 * machine.hardware.memoryMiB + sparedMiB;
    if (availableMemoryMiB() < needsMiB || !starts.mayMake(key)) return await start();
    try {
      machine.checkpoints.prepareToKeep();
      const result = await start();
      const { running } = machine;
      if (running?.isOn) await this.#keep(key, machine, running);
      return result;
    } finally {
      if (starts.find(key) === undefined) starts.giveUp(key);
    }
  }

  async #goOnFrom<Result>(
    { state, drill, atMs }: KeptStart,
    machine: Machine,
    start: () => Promise<Result>,
  ): Promise<Result> {
    const shown = state.shownOn('console').toString('utf8');
    // A fault at a line that comes on the way there needs a machine that is on its way.
    if (this.#isMomentIn(shown)) return await start();
    await machine.checkpoints.goOnFrom(state);
    const seconds = Math.round((Date.now() - atMs) / 1000);
    this.#bench.note(
      `the first start of ${machine.name} is taken from a checkpoint, not made: ${drill} had the same machine with the same disks ` +
        `ready ${seconds} s ago; its memory, its disks, and so its identity, its keys and its time are those of then`,
    );
    return await start();
  }

  #isMomentIn(shown: string): boolean {
    const plain = stripVTControlCharacters(shown).replaceAll('\r', '');
    return this.#injections.some(({ planned: { moment } }) => {
      if (moment.kind !== 'console') return false;
      return [shown, plain].some((text) => moment.pattern.test(text));
    });
  }

  /** What cannot be kept is noted, and the drill goes on. @throws why, where the machine stands still since */
  async #keep(key: string, machine: Machine, running: RunningMachine): Promise<void> {
    const isDisturbed = this.#injections.some(({ hasFired }) => hasFired);
    if (isDisturbed || machine.secrets.size > 0) return;
    const sinceMs = performance.now();
    try {
      const state = await running.keepState();
      this.#shared.starts.add(key, { state, drill: this.#shared.drill, atMs: Date.now() });
      const size = formatSize(machine.hardware.memoryMiB * 1024 * 1024);
      const tookMs = Math.round(performance.now() - sinceMs);
      this.#bench.note(
        `${machine.name} is kept as a checkpoint for drills that begin alike: ${size} of memory, and its disks; it stood still for ${tookMs} ms`,
      );
    } catch (error) {
      if (!(await goesOn(running))) throw error;
      this.#bench.note(`no checkpoint of ${machine.name} was kept: ${errorMessage(error)}`);
    }
  }
}

/** One that is gone meanwhile does not. */
async function goesOn({ qmp }: RunningMachine): Promise<boolean> {
  const status = await qmp.execute<{ running: boolean }>('query-status').catch(() => undefined);
  return status?.running === true;
}
