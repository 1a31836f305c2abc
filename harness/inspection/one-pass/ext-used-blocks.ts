import {
  blocksAtBeginning,
  descriptorPlace,
  type GroupDescriptor,
  parseDescriptor,
} from '../file-systems/ext-groups.ts';
import { type ExtSuperblock, parseExtSuperblock } from '../file-systems/ext-superblock.ts';
import type { ImageSource } from '../image-source.ts';
import type { DiskPartition } from '../place.ts';
import { isBitSet, setBit } from './bitmap.ts';
import type { BlockMap } from './free-space.ts';

/** 16 TiB with blocks of 4 KiB: more than any master disk has. */
const mostGroups = 2 ** 17;

/** The block bitmaps of ext2/3/4 (Linux, Documentation/filesystems/ext4/group_descr.rst, bitmaps.rst). */
export async function readExtMap(
  source: ImageSource,
  partition: DiskPartition,
): Promise<BlockMap | undefined> {
  const lengthBytes = Math.min(1024, partition.sizeBytes - 1024);
  const superblock = parseExtSuperblock(await source.read(partition.offsetBytes + 1024, lengthBytes));
  return superblock !== undefined && hasBitmaps(superblock, partition)
    ? new ExtUsedBlocks(source, partition, superblock)
    : undefined;
}

function hasBitmaps(superblock: ExtSuperblock, partition: DiskPartition): boolean {
  const { contradictions, features, groupCount, sizeBytes } = superblock;
  return (
    contradictions.length === 0 &&
    !features.includes('journal_dev') &&
    sizeBytes <= partition.sizeBytes &&
    groupCount <= mostGroups
  );
}

class ExtUsedBlocks implements BlockMap {
  readonly fileSystem = 'ext';
  readonly blockBytes: number;
  readonly #source: ImageSource;
  readonly #partition: DiskPartition;
  readonly #superblock: ExtSuperblock;
  readonly #blockCount: number;
  readonly #blocksPerBit: number;
  /** The one that was asked for last: who asks goes through in order. */
  #group: { number: number; used: Promise<Buffer | undefined> } | undefined;

  constructor(source: ImageSource, partition: DiskPartition, superblock: ExtSuperblock) {
    this.#source = source;
    this.#partition = partition;
    this.#superblock = superblock;
    this.#blockCount = Number(superblock.blocks);
    this.#blocksPerBit = superblock.clusterBytes / superblock.blockBytes;
    this.blockBytes = superblock.clusterBytes;
  }

  async isFree(offsetBytes: number): Promise<boolean | undefined> {
    const { blockBytes, firstDataBlock, blocksPerGroup } = this.#superblock;
    const block = Math.floor(offsetBytes / blockBytes);
    if (block >= this.#blockCount) return true;
    if (block < firstDataBlock) return false;
    const used = await this.#usedOf(Math.floor((block - firstDataBlock) / blocksPerGroup));
    const bit = Math.floor(((block - firstDataBlock) % blocksPerGroup) / this.#blocksPerBit);
    return used && !isBitSet(used, bit);
  }

  async #usedOf(number: number): Promise<Buffer | undefined> {
    if (this.#group?.number !== number) this.#group = { number, used: this.#readUsed(number) };
    return await this.#group.used;
  }

  /** The bitmap of one group, of which a set bit is a block in use. */
  async #readUsed(group: number): Promise<Buffer | undefined> {
    const { blockBytes, descriptorBytes } = this.#superblock;
    const bytes = await this.#read(descriptorPlace(this.#superblock, group), descriptorBytes);
    if (bytes === undefined) return undefined;
    const descriptor = parseDescriptor(this.#superblock, bytes);
    return descriptor.isBitmapMade
      ? await this.#read(descriptor.blockBitmap * blockBytes, blockBytes)
      : this.#unmadeBitmap(group, descriptor);
  }

  /**
   * A group whose bitmap was never written is free but for its own metadata, as the kernel makes it when it first needs
   * it (fs/ext4/balloc.c, ext4_init_block_bitmap).
   */
  #unmadeBitmap(group: number, descriptor: GroupDescriptor): Buffer {
    const { blockBytes, firstDataBlock, blocksPerGroup, inodesPerGroup, inodeBytes } = this.#superblock;
    const used = Buffer.alloc(blockBytes);
    const first = firstDataBlock + group * blocksPerGroup;
    const groupEnd = Math.min(first + blocksPerGroup, this.#blockCount);
    const use = (from: number, count: number) => {
      const begin = Math.max(from, first);
      const end = Math.min(from + count, groupEnd);
      if (begin >= end) return;
      const endBit = Math.ceil((end - first) / this.#blocksPerBit);
      // By bits, of which one block of a bitmap has few: of blocks there may be billions in a group.
      for (let bit = Math.floor((begin - first) / this.#blocksPerBit); bit < endBit; bit += 1)
        setBit(used, bit);
    };
    use(first, blocksAtBeginning(this.#superblock, group));
    use(descriptor.blockBitmap, 1);
    use(descriptor.inodeBitmap, 1);
    use(descriptor.inodeTable, Math.ceil((inodesPerGroup * inodeBytes) / blockBytes));
    return used;
  }

  /** Undefined outside of the file system, and in its first block, where nothing of this lies. */
  async #read(offsetBytes: number, lengthBytes: number): Promise<Buffer | undefined> {
    const { blockBytes } = this.#superblock;
    const endBytes = this.#blockCount * blockBytes;
    if (!Number.isSafeInteger(offsetBytes) || offsetBytes < blockBytes) return undefined;
    if (offsetBytes + lengthBytes > endBytes) return undefined;
    const bytes = await this.#source.read(this.#partition.offsetBytes + offsetBytes, lengthBytes);
    return bytes.length === lengthBytes ? bytes : undefined;
  }
}
