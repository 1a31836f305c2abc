import type { ExtSuperblock } from './ext-superblock.ts';

/** What is said about one group of blocks. Places are blocks, and whatever the disk says. */
export interface GroupDescriptor {
  blockBitmap: number;
  inodeBitmap: number;
  inodeTable: number;
  /** Otherwise the bitmap was never written, and the group is free but for its own metadata. */
  isBitmapMade: boolean;
}

const blockUninitialised = 0x2;

/**
 * Where the descriptor of a group lies, in bytes from the beginning of the file system: behind the superblock, or, with meta_bg, in the first group
 * of those that the same block describes (fs/ext4/super.c, descriptor_loc).
 *
 * @param superblock Without contradictions.
 */
export function descriptorPlace(superblock: ExtSuperblock, group: number): number {
  const { blockBytes, descriptorBytes } = superblock;
  const perBlock = blockBytes / descriptorBytes;
  const block = descriptorBlock(superblock, Math.floor(group / perBlock), perBlock);
  return block * blockBytes + (group % perBlock) * descriptorBytes;
}

function descriptorBlock(superblock: ExtSuperblock, index: number, groupsPerBlock: number): number {
  const { firstDataBlock, blocksPerGroup, blockBytes } = superblock;
  // With bigalloc and blocks of 1 KiB the superblock lies in block 1 although data begins with block 0.
  const superblockBlock = blockBytes === 1024 ? 1 : 0;
  if (index < firstMetaBlock(superblock)) return superblockBlock + 1 + index;
  const group = index * groupsPerBlock;
  return (
    firstDataBlock +
    group * blocksPerGroup +
    (hasSuperblock(superblock, group) ? 1 : 0) +
    (group === 0 && superblockBlock !== firstDataBlock ? 1 : 0)
  );
}

/** The first block of descriptors that lies in its own group. */
function firstMetaBlock({ features, firstMetaGroup }: ExtSuperblock): number {
  return features.includes('meta_bg') ? firstMetaGroup : Number.POSITIVE_INFINITY;
}

/**
 * The fields of a descriptor (Linux, Documentation/filesystems/ext4/group_descr.rst).
 *
 * @param bytes `descriptorBytes` of them.
 */
export function parseDescriptor(
  { descriptorBytes, features }: ExtSuperblock,
  bytes: Buffer,
): GroupDescriptor {
  const place = (low: number, high: number) =>
    bytes.readUInt32LE(low) + (descriptorBytes >= 64 ? bytes.readUInt32LE(high) * 2 ** 32 : 0);
  // Only with checksums of groups their flags count.
  const hasFlags = features.includes('uninit_bg') || features.includes('metadata_csum');
  return {
    blockBitmap: place(0, 32),
    inodeBitmap: place(4, 36),
    inodeTable: place(8, 40),
    isBitmapMade: !hasFlags || (bytes.readUInt16LE(18) & blockUninitialised) === 0,
  };
}

/** How many blocks at the beginning of a group are copies of the superblock and of descriptors, or are kept for these. */
export function blocksAtBeginning(superblock: ExtSuperblock, group: number): number {
  const { blockBytes, descriptorBytes, groupCount, reservedDescriptorBlocks } = superblock;
  const perBlock = blockBytes / descriptorBytes;
  const superblocks = hasSuperblock(superblock, group) ? 1 : 0;
  const metaBlock = firstMetaBlock(superblock);
  if (Math.floor(group / perBlock) >= metaBlock) {
    const inMeta = group % perBlock;
    return superblocks + (inMeta === 0 || inMeta === 1 || inMeta === perBlock - 1 ? 1 : 0);
  }
  if (superblocks === 0) return 0;
  const descriptorBlocks = Number.isFinite(metaBlock) ? metaBlock : Math.ceil(groupCount / perBlock);
  return superblocks + descriptorBlocks + reservedDescriptorBlocks;
}

/** Whether a group has a copy of the superblock: all, those of sparse_super, or the two of sparse_super2. */
function hasSuperblock({ features, backupGroups }: ExtSuperblock, group: number): boolean {
  if (group === 0) return true;
  if (backupGroups !== undefined) return backupGroups.includes(group);
  if (!features.includes('sparse_super') || group === 1) return true;
  return [3, 5, 7].some((base) => isPowerOf(base, group));
}

function isPowerOf(base: number, value: number): boolean {
  let power = base;
  while (power < value) power *= base;
  return power === value;
}
