import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Ticks of /proc/stat are hundredths of a second (USER_HZ is fixed at 100 for user space). */
const tickMs = 10;
const stolenShareLimit = 0.25;
const memoryStallShareLimit = 0.1;
const heldUpLimitMs = 2_000;
const beatMs = 100;
/** Shares of less time say nothing: one tick of every processor is most of it. */
const leastTimeMs = 1_000;

/** What the kernel has counted since the host was started, in milliseconds. */
export interface StrainCounters {
  /** Processor time, over all processors, that the hypervisor gave to others. */
  stolenMs(): number;
  /** Time in which all work stood still for memory. */
  memoryStallMs(): number;
}

/** Watches whether the host gave the run a fair share, so that a time-out is not blamed on the product unseen. */
export class HostStrain implements Disposable {
  /** On the clock of performance.now(). */
  readonly startMs = performance.now();
  readonly #counters: StrainCounters;
  readonly #stolenMs: number;
  readonly #memoryStallMs: number;
  readonly #heart = setInterval(() => this.#beat(), beatMs).unref();
  #lastBeatMs = this.startMs;
  #longestPauseMs = 0;

  constructor(counters: StrainCounters = { stolenMs, memoryStallMs }) {
    this.#counters = counters;
    this.#stolenMs = counters.stolenMs();
    this.#memoryStallMs = counters.memoryStallMs();
  }

  /** A sentence that names the strain, or undefined when the host was at ease. */
  evidence(): string | undefined {
    const elapsedMs = performance.now() - this.startMs;
    const stolenShare = (this.#counters.stolenMs() - this.#stolenMs) / elapsedMs / availableParallelism();
    const stallShare = (this.#counters.memoryStallMs() - this.#memoryStallMs) / elapsedMs;
    const saysSomething = elapsedMs >= leastTimeMs;
    // Who asks is often the first to run after a pause, before the heart has beaten again.
    this.#beat();
    const signs = [
      saysSomething &&
        stolenShare > stolenShareLimit &&
        `the hypervisor withheld ${percent(stolenShare)} of the processor time`,
      saysSomething &&
        stallShare > memoryStallShareLimit &&
        `processes waited for memory ${percent(stallShare)} of the time`,
      this.#longestPauseMs > heldUpLimitMs &&
        `the runner itself was held up for ${Math.round(this.#longestPauseMs)} ms`,
    ].filter((sign) => sign !== false);
    return signs.length === 0 ? undefined : signs.join('; ');
  }

  [Symbol.dispose](): void {
    clearInterval(this.#heart);
  }

  #beat(): void {
    const nowMs = performance.now();
    this.#longestPauseMs = Math.max(this.#longestPauseMs, nowMs - this.#lastBeatMs - beatMs);
    this.#lastBeatMs = nowMs;
  }
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Processor time that the hypervisor gave to others, from the eighth number of /proc/stat's first line. */
function stolenMs(): number {
  const fields = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.trim().split(/\s+/);
  return Number(fields[8] ?? 0) * tickMs;
}

/** Time in which all work stood still for memory (pressure stall information); 0 where the kernel has none. */
function memoryStallMs(): number {
  try {
    const total = /^full .*total=(\d+)/m.exec(readFileSync('/proc/pressure/memory', 'utf8'));
    return Number(total?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
}
