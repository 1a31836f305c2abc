import { readdirSync, readFileSync } from 'node:fs';
import type { Machine } from './machine.ts';

/** What the host had given a machine by a moment, in milliseconds. */
interface Sample {
  /** On the clock of performance.now(). */
  atMs: number;
  /** Processor time of the threads that are its processors. */
  ranMs: number;
  /** How long they were ready to run and no processor of the host was free for them. */
  waitedMs: number;
  /** How long QEMU was stopped by a signal. */
  stoppedMs: number;
  /** How long the runner itself was held up. */
  runnerHeldMs: number;
}

const intervalMs = 250;
/** 20 minutes: of what lasts longer the last of it is judged. */
const keptSamples = 4800;
const ofMachines = new WeakMap<object, MachineStrain>();

/** Less says nothing. */
const leastWaitMs = 1_000;
/** A machine that got less than a quarter of the processor time that it was ready to use was starved. */
const starvedShare = 0.75;
/** It has to have been ready for a good part of the wait: an idle guest misses nothing. */
const starvedPart = 0.25;
/** A machine that stood still, or a runner that did, for this part of a wait. */
const stoodStillPart = 0.25;

/**
 * Watches what the host gives a machine, so that a wait that is over for want of it is not blamed on the product: time
 * on a processor (schedstat of the kernel), stops by a signal, and hold-ups of the runner.
 */
export class MachineStrain implements Disposable {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  readonly #processors = new Map<string, readonly [ranMs: number, waitedMs: number]>();
  readonly #otherThreads = new Set<string>();
  readonly #samples: Sample[];
  #wasStopped = false;

  /** @param pid of the QEMU that runs `machine` now. */
  constructor(pid: number, machine: object) {
    this.#pid = pid;
    ofMachines.set(machine, this);
    this.#samples = [{ atMs: performance.now(), ranMs: 0, waitedMs: 0, stoppedMs: 0, runnerHeldMs: 0 }];
    this.#timer = setInterval(() => this.#take(), intervalMs).unref();
  }

  /** A sentence that names how the host held the machine up since a moment; undefined when it did not, or not much. */
  evidence(sinceMs: number): string | undefined {
    this.#take();
    const last = this.#samples.at(-1)!;
    const first = this.#samples.findLast(({ atMs }) => atMs <= sinceMs) ?? this.#samples[0]!;
    const elapsedMs = last.atMs - first.atMs;
    if (elapsedMs < leastWaitMs) return undefined;
    const ranMs = last.ranMs - first.ranMs;
    const waitedMs = last.waitedMs - first.waitedMs;
    const stoppedMs = last.stoppedMs - first.stoppedMs;
    const runnerHeldMs = last.runnerHeldMs - first.runnerHeldMs;
    const during = `of ${seconds(elapsedMs)}`;
    const signs = [
      stoppedMs > stoodStillPart * elapsedMs &&
        `QEMU was stopped by a signal for ${seconds(stoppedMs)} ${during}`,
      waitedMs > starvedShare * (ranMs + waitedMs) &&
        waitedMs > starvedPart * elapsedMs &&
        `it was ready to run and got no processor for ${seconds(waitedMs)} ${during}, and ran for ${seconds(ranMs)}`,
      runnerHeldMs > stoodStillPart * elapsedMs &&
        `the runner itself was held up for ${seconds(runnerHeldMs)} ${during}`,
    ].filter((sign) => sign !== false);
    return signs.length === 0 ? undefined : signs.join('; ');
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #take(): void {
    const before = this.#samples.at(-1)!;
    const atMs = performance.now();
    const isStopped = this.#isStopped();
    const { ranMs, waitedMs } = this.#newProcessorTimes();
    this.#samples.push({
      atMs,
      ranMs: before.ranMs + ranMs,
      waitedMs: before.waitedMs + waitedMs,
      stoppedMs: before.stoppedMs + (isStopped && this.#wasStopped ? atMs - before.atMs : 0),
      runnerHeldMs: before.runnerHeldMs + Math.max(0, atMs - before.atMs - 2 * intervalMs),
    });
    this.#wasStopped = isStopped;
    if (this.#samples.length > keptSamples) this.#samples.shift();
  }

  /** State `T`, the first field after the name in brackets (proc_pid_stat(5)). */
  #isStopped(): boolean {
    const stat = readOrEmpty(`/proc/${this.#pid}/stat`);
    return /^\) [Tt]/.test(stat.slice(stat.lastIndexOf(')')));
  }

  /** Since the last time. */
  #newProcessorTimes(): { ranMs: number; waitedMs: number } {
    const sum = { ranMs: 0, waitedMs: 0 };
    for (const thread of threadsOf(this.#pid)) {
      if (!this.#isProcessor(thread)) continue;
      const fields = readOrEmpty(`/proc/${this.#pid}/task/${thread}/schedstat`).split(' ');
      const times = [Number(fields[0]) / 1e6, Number(fields[1]) / 1e6] as const;
      if (fields.length < 2) continue;
      const [ranMs, waitedMs] = this.#processors.get(thread) ?? [0, 0];
      sum.ranMs += times[0] - ranMs;
      sum.waitedMs += times[1] - waitedMs;
      this.#processors.set(thread, times);
    }
    return sum;
  }

  /** QEMU names them `CPU 0/TCG` (debug-threads); its others do input and output. */
  #isProcessor(thread: string): boolean {
    if (this.#processors.has(thread)) return true;
    if (this.#otherThreads.has(thread)) return false;
    const isProcessor = readOrEmpty(`/proc/${this.#pid}/task/${thread}/comm`).startsWith('CPU ');
    if (!isProcessor) this.#otherThreads.add(thread);
    return isProcessor;
  }
}

/**
 * How the host has held a machine up since a moment (on the clock of performance.now()), in words; undefined when it did
 * not, or when the machine was never on.
 */
export function heldUp(machine: Machine, sinceMs: number): string | undefined {
  const evidence = ofMachines.get(machine)?.evidence(sinceMs);
  return evidence === undefined ? undefined : `machine ${machine.name}: ${evidence}`;
}

/** None when it is gone. */
function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
