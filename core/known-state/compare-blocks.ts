import { allocateAligned } from '../factory/clone/aligned-memory.ts';
import type { DiskAccess } from '../script/steps/hardware/disk-access.ts';
import { type BlockRun, blockRuns } from './block-runs.ts';
import { blankAreas, blockBytes, hashBlock, type PartitionManifest } from './manifest.ts';
import { readAhead } from './read-ahead.ts';

export interface BlockComparison {
  disk: DiskAccess;
  /** Where the partition begins on the disk. */
  offsetBytes: number;
  manifest: PartitionManifest;
  /** Ascending. */
  blocks: Iterable<number>;
  signal: AbortSignal;
}

/** Blocks that are not as the manifest says. */
export interface BlockDifferences {
  differing: number[];
  unreadable: number[];
  readBytes: number;
}

/** Enough to make the disk's own latency small, little enough for a machine without much memory. */
const blocksAtATime = 4;

/**
 * Reads blocks of a partition past the page cache and compares them with the manifest. It goes on behind what differs or
 * cannot be read.
 */
export async function compareBlocks(comparison: BlockComparison): Promise<BlockDifferences> {
  const { disk, offsetBytes, manifest, blocks, signal } = comparison;
  const memory = [0, 1].map(() => allocateAligned(blocksAtATime * blockBytes));
  const areas = [manifest.states, manifest.manifest];
  const found: BlockDifferences = { differing: [], unreadable: [], readBytes: 0 };
  const look = (index: number, block: Buffer) => {
    blankAreas(block, index, areas);
    found.readBytes += block.length;
    if (hashBlock(block) !== manifest.blocks[index]) found.differing.push(index);
  };
  const read = async ({ firstBlock, blocks }: BlockRun, bytes: Buffer): Promise<Buffer | undefined> => {
    const wanted = bytes.subarray(0, blocks * blockBytes);
    try {
      const bytesRead = await disk.read(wanted, offsetBytes + firstBlock * blockBytes);
      return bytesRead === wanted.length ? wanted : undefined;
    } catch {
      return undefined;
    }
  };
  const runs = blockRuns(blocks, blocksAtATime);
  for await (const { piece, result } of readAhead(runs, (run, place) => read(run, memory[place]!))) {
    signal.throwIfAborted();
    if (result !== undefined) {
      for (let at = 0; at < piece.blocks; at += 1) look(piece.firstBlock + at, blockOf(result, at));
      continue;
    }
    // One sector that cannot be read hides those around it.
    for (let index = piece.firstBlock; index < piece.firstBlock + piece.blocks; index += 1) {
      const block = await read({ firstBlock: index, blocks: 1 }, allocateAligned(blockBytes));
      if (block === undefined) found.unreadable.push(index);
      else look(index, block);
    }
  }
  return found;
}

function blockOf(bytes: Buffer, index: number): Buffer {
  return bytes.subarray(index * blockBytes, (index + 1) * blockBytes);
}
