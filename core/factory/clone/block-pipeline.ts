import { allocateAligned } from './aligned-memory.ts';

/** Large enough that a disk works at its full speed, small enough that four of them are nothing. */
export const blockBytes = 2 * 1024 ** 2;

/** As many as Node has threads for files, by default. */
export const blocksInFlight = 4;

export interface PipelineOptions {
  sizeBytes: number;
  /** Reads at least `lengthBytes` at this position into aligned memory of {@link blockBytes}. */
  read(memory: Buffer, positionBytes: number, lengthBytes: number): Promise<void>;
  /**
   * Called in the order of the positions; what it does before its first `await` is done in that order, too. The
   * block is its own until its promise is settled. `slot` is a number below {@link blocksInFlight} that no other
   * block under way has.
   */
  handle(block: Buffer, positionBytes: number, slot: number): Promise<void>;
  signal?: AbortSignal | undefined;
}

/**
 * Reads something block by block and hands the blocks on; reading goes on while blocks are handled. Memory does not
 * depend on the size. When it rejects, with the first error or the signal's reason, no work is under way any more.
 */
export async function forEachBlock({ sizeBytes, read, handle, signal }: PipelineOptions): Promise<void> {
  const blockCount = Math.ceil(sizeBytes / blockBytes);
  const slots = Math.min(blocksInFlight, blockCount);
  const memory = Array.from({ length: slots }, () => allocateAligned(blockBytes));
  const lengthOf = (index: number) => Math.min(blockBytes, sizeBytes - index * blockBytes);
  const load = async (index: number) => {
    if (index >= blockCount || signal?.aborted) return;
    await read(memory[index % slots]!, index * blockBytes, lengthOf(index));
  };
  const underWay = memory.map((_, index) => watched(load(index)));
  try {
    for (let index = 0; index < blockCount; index += 1) {
      const slot = index % slots;
      await underWay[slot];
      signal?.throwIfAborted();
      const handled = handle(memory[slot]!.subarray(0, lengthOf(index)), index * blockBytes, slot);
      underWay[slot] = watched(handled.then(() => load(index + slots)));
    }
    await Promise.all(underWay);
  } finally {
    await Promise.allSettled(underWay);
  }
}

/** Its error is taken when its turn comes; until then it is not unhandled. */
function watched(work: Promise<void>): Promise<void> {
  work.catch(() => {});
  return work;
}
