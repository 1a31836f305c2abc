import {
  allToolsMs,
  largestCopyBytes,
  leastToolMs,
  mostMapSteps,
  mostPathCharacters,
  type ToolLimits,
  usualTreeLimits,
} from './limits.ts';

/** What the file systems of one disk may take together; each takes from it what it needs. A table may name the same file system 255 times. */
export class DiskBudget {
  /** Entries of trees that are still to be had. */
  entries = usualTreeLimits.entries;
  /** Characters of their paths, and of the targets of links. */
  pathCharacters = mostPathCharacters;
  /** Data that may still be copied for tools. */
  copyBytes = largestCopyBytes;
  /** Steps through what says where files lie, for those who ask to whom a block belongs; below zero, no more is said. */
  mapSteps = mostMapSteps;
  readonly signal: AbortSignal | undefined;
  #toolMs: number;

  /** @param toolMs For all tools together. */
  constructor(signal?: AbortSignal, toolMs = allToolsMs) {
    this.signal = signal;
    this.#toolMs = toolMs;
  }

  /** Whether tools have used all of their time; one that is run all the same has a few seconds. */
  get isToolTimeUsed(): boolean {
    return this.#toolMs <= 0;
  }

  /** Lets a tool run for as long as the disk has time left, and counts that down. */
  async forTool<Result>(limits: ToolLimits, run: (limits: ToolLimits) => Promise<Result>): Promise<Result> {
    const { signal } = this;
    signal?.throwIfAborted();
    const wallClockMs = Math.min(limits.wallClockMs, Math.max(leastToolMs, this.#toolMs));
    const startMs = performance.now();
    try {
      return await run({ ...limits, wallClockMs, ...(signal === undefined ? {} : { signal }) });
    } finally {
      this.#toolMs -= performance.now() - startMs;
    }
  }
}
