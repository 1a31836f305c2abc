import type { ExtInode } from './ext-inode.ts';
import { largestMapBytes } from './limits.ts';

/** A stretch of a file that lies in one piece; what no range tells of reads as zeros. */
export interface MappedRange {
  firstInFile: number;
  firstOnDisk: number;
  blocks: number;
}

export interface BlockReader {
  blockBytes: number;
  /** Short, or empty, beyond the end of the partition. */
  readBlock(number: number): Promise<Buffer>;
}

/**
 * Where the content of an inode lies, in no sure order. It comes to an end whatever the disk says: the trees have a depth, every node of them is read
 * at most once, and no more than {@link largestMapBytes} of them.
 *
 * @param blocks Of the file: what lies behind them is left out.
 */
export async function* mappedRanges(
  volume: BlockReader,
  inode: ExtInode,
  blocks: number,
): AsyncGenerator<MappedRange> {
  const walk: Walk = { volume, blocks, seen: new Set() };
  if (inode.usesExtents) {
    yield* extentNode(walk, inode.map, deepestExtentTree);
    return;
  }
  const pointers = Array.from({ length: 15 }, (_, index) => inode.map.readUInt32LE(index * 4));
  const perBlock = volume.blockBytes / 4;
  for (const [index, pointer] of pointers.slice(0, directPointers).entries()) {
    if (pointer !== 0 && index < blocks) yield { firstInFile: index, firstOnDisk: pointer, blocks: 1 };
  }
  let firstInFile = directPointers;
  for (const [index, pointer] of pointers.slice(directPointers).entries()) {
    yield* indirectBlock(walk, pointer, index, firstInFile);
    firstInFile += perBlock ** (index + 1);
  }
}

interface Walk {
  volume: BlockReader;
  blocks: number;
  /** Blocks of the tree itself. */
  seen: Set<number>;
}

const deepestExtentTree = 5;
const directPointers = 12;
const extentMagic = 0xf30a;
const entryBytes = 12;
/** An extent that is longer was never written, and reads as zeros. */
const longestExtentBlocks = 32_768;

/** Linux kernel, Documentation/filesystems/ext4/ifork.rst, "Extent Tree". */
async function* extentNode(walk: Walk, node: Buffer, depthAtMost: number): AsyncGenerator<MappedRange> {
  if (node.length < entryBytes || node.readUInt16LE(0) !== extentMagic) return;
  const depth = node.readUInt16LE(6);
  if (depth > depthAtMost) return;
  const entries = Math.min(node.readUInt16LE(2), Math.floor(node.length / entryBytes) - 1);
  for (let index = 1; index <= entries; index += 1) {
    const at = index * entryBytes;
    const firstInFile = node.readUInt32LE(at);
    if (firstInFile >= walk.blocks) continue;
    if (depth === 0) {
      const length = node.readUInt16LE(at + 4);
      const firstOnDisk = node.readUInt16LE(at + 6) * 2 ** 32 + node.readUInt32LE(at + 8);
      if (length <= longestExtentBlocks) {
        yield { firstInFile, firstOnDisk, blocks: Math.min(length, walk.blocks - firstInFile) };
      }
      continue;
    }
    const child = node.readUInt16LE(at + 8) * 2 ** 32 + node.readUInt32LE(at + 4);
    const bytes = await mapBlock(walk, child);
    if (bytes !== undefined) yield* extentNode(walk, bytes, depth - 1);
  }
}

/** ext4/ifork.rst, "Direct/Indirect Block Addressing"; level 0 points to blocks of the file. */
async function* indirectBlock(
  walk: Walk,
  block: number,
  level: number,
  firstInFile: number,
): AsyncGenerator<MappedRange> {
  if (block === 0 || firstInFile >= walk.blocks) return;
  const bytes = await mapBlock(walk, block);
  if (bytes === undefined) return;
  const perBlock = walk.volume.blockBytes / 4;
  for (let index = 0; index < bytes.length / 4; index += 1) {
    const pointer = bytes.readUInt32LE(index * 4);
    const start = firstInFile + index * perBlock ** level;
    if (start >= walk.blocks) return;
    if (pointer === 0) continue;
    if (level === 0) yield { firstInFile: start, firstOnDisk: pointer, blocks: 1 };
    else yield* indirectBlock(walk, pointer, level - 1, start);
  }
}

/** Undefined for one that was read already, or one too many. */
async function mapBlock({ volume, seen }: Walk, block: number): Promise<Buffer | undefined> {
  if (seen.has(block) || seen.size * volume.blockBytes >= largestMapBytes) return undefined;
  seen.add(block);
  const bytes = await volume.readBlock(block);
  return bytes.length === volume.blockBytes ? bytes : undefined;
}
