import { durably } from '../../foundation/index.ts';
import { allocateAligned } from '../factory/clone/aligned-memory.ts';
import type { DiskAccess } from '../script/steps/hardware/disk-access.ts';
import { type BlockRun, blockRuns, partsOutside } from './block-runs.ts';
import { blockBytes, type PartitionManifest } from './manifest.ts';
import type { Pack } from './pack.ts';
import { readAhead } from './read-ahead.ts';

/** Where good blocks come from: a pack, or another partition with the pack that it carries. */
export type BlockSource = Pick<Pack, 'has' | 'read'> & Partial<Pick<Pack, 'readSeveral'>>;

export interface BlockWriting {
  disk: DiskAccess;
  /** Where the partition begins on the disk. */
  offsetBytes: number;
  manifest: PartitionManifest;
  source: BlockSource;
  /** Ascending. */
  blocks: readonly number[];
  signal: AbortSignal;
  /** Called with the share that is written, 0 to 1. */
  onProgress?(share: number): void;
}

/** 4 MiB: more at a time makes no disk faster. */
const blocksAtATime = 16;

/**
 * Writes blocks of a partition past the page cache, reading the next ones meanwhile. Boot states and manifest are left as
 * they are. Nothing is hashed: who needs it right reads it back. It is durable when this returns.
 *
 * @returns Bytes that were written.
 * @throws What source and disk throw; the signal's reason.
 */
export async function writeBlocks(writing: BlockWriting): Promise<number> {
  const { disk, offsetBytes, manifest, source, blocks, signal, onProgress = () => {} } = writing;
  const memory = [0, 1].map(() => allocateAligned(blocksAtATime * blockBytes));
  const areas = [manifest.states, manifest.manifest];
  const read = async ({ firstBlock, blocks }: BlockRun, bytes: Buffer): Promise<Buffer> => {
    const hashes = manifest.blocks.slice(firstBlock, firstBlock + blocks);
    const wanted = bytes.subarray(0, blocks * blockBytes);
    if (source.readSeveral !== undefined) await source.readSeveral(hashes, wanted);
    else await readOneByOne(source, hashes, wanted);
    return bytes;
  };
  let writtenBytes = 0;
  let doneBlocks = 0;
  const runs = blockRuns(blocks, blocksAtATime);
  for await (const { piece, result } of readAhead(runs, (run, place) => read(run, memory[place]!))) {
    signal.throwIfAborted();
    for (const part of partsOutside(piece, areas)) {
      const startBytes = part.offsetBytes - piece.firstBlock * blockBytes;
      const bytes = result.subarray(startBytes, startBytes + part.lengthBytes);
      await disk.write(bytes, offsetBytes + part.offsetBytes);
      writtenBytes += part.lengthBytes;
    }
    doneBlocks += piece.blocks;
    onProgress(doneBlocks / blocks.length);
  }
  await durably('write-blocks.blocks', () => disk.sync());
  return writtenBytes;
}

async function readOneByOne(source: BlockSource, hashes: readonly string[], bytes: Buffer): Promise<void> {
  for (const [index, hash] of hashes.entries()) {
    await source.read(hash, bytes.subarray(index * blockBytes, (index + 1) * blockBytes));
  }
}
