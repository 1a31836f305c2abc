import { printable } from './printable.ts';
import { isPowerOfTwo } from './recognise-linux.ts';
import { bytesOf, featuresOf, timeOf, upToZero, uuidOf } from './recognition.ts';

export interface ExtSuperblock {
  type: 'ext2' | 'ext3' | 'ext4';
  uuid?: string;
  label: string;
  sizeBytes: number;
  blockBytes: number;
  /** Of them the bitmaps have one bit each: blocks, or with bigalloc several of them. */
  clusterBytes: number;
  blocks: bigint;
  firstDataBlock: number;
  blocksPerGroup: number;
  groupCount: number;
  inodes: number;
  inodesPerGroup: number;
  inodeBytes: number;
  descriptorBytes: number;
  /** Only with meta_bg: the first block of group descriptors that lies in its own group. */
  firstMetaGroup: number;
  /** Behind the group descriptors, for more of them when it grows. */
  reservedDescriptorBlocks: number;
  /** With sparse_super2 only these two groups have copies of the superblock. */
  backupGroups?: readonly [number, number];
  /** Of a journal that lies on another device; undefined where there is none. */
  journalUuid?: string;
  /** The number of that device, zero where there is none. e2fsck believes it, and opens whatever has this number. */
  journalDevice: number;
  features: string[];
  isValid: boolean;
  hasErrors: boolean;
  errorCount: number;
  mounts: number;
  lastMountedOn: string;
  lastMountedAt?: string;
  lastWrittenAt?: string;
  lastCheckedAt?: string;
  madeAt?: string;
  /** What it says and what cannot be, in words. */
  contradictions: string[];
}

const magic = 0xef53;
const compatible = { 4: 'has_journal', 32: 'dir_index', 512: 'sparse_super2' };
const incompatible = {
  4: 'needs_recovery',
  8: 'journal_dev',
  16: 'meta_bg',
  64: 'extent',
  128: '64bit',
  256: 'mmp',
  512: 'flex_bg',
  1024: 'ea_inode',
  8192: 'metadata_csum_seed',
  16384: 'large_dir',
  32768: 'inline_data',
  65536: 'encrypt',
  131072: 'casefold',
};
const compatibleForReading = {
  1: 'sparse_super',
  2: 'large_file',
  8: 'huge_file',
  16: 'uninit_bg',
  32: 'dir_nlink',
  64: 'extra_isize',
  256: 'quota',
  512: 'bigalloc',
  1024: 'metadata_csum',
  8192: 'project',
  32768: 'verity',
};
/** What ext3 does not know. */
const onlyExt4 = [
  'extent',
  '64bit',
  'flex_bg',
  'huge_file',
  'uninit_bg',
  'metadata_csum',
  'bigalloc',
  'extra_isize',
  'dir_nlink',
  'inline_data',
  'encrypt',
];

/** The fields of a superblock (Documentation/filesystems/ext4/super.rst); undefined when it is none, or too short. */
export function parseExtSuperblock(bytes: Buffer): ExtSuperblock | undefined {
  if (bytes.length < 1024 || bytes.readUInt16LE(0x38) !== magic || !isLikely(bytes)) return undefined;
  const features = [
    ...featuresOf(bytes.readUInt32LE(0x5c), compatible),
    ...featuresOf(bytes.readUInt32LE(0x60), incompatible),
    ...featuresOf(bytes.readUInt32LE(0x64), compatibleForReading),
  ];
  const is64Bit = features.includes('64bit');
  const blocks = BigInt(bytes.readUInt32LE(0x4)) | (is64Bit ? BigInt(bytes.readUInt32LE(0x150)) << 32n : 0n);
  const blockExponent = bytes.readUInt32LE(0x18);
  const clusterExponent = features.includes('bigalloc') ? bytes.readUInt32LE(0x1c) : blockExponent;
  // 64 KiB is the largest block there is, a gibibyte the largest cluster.
  const blockBytes = blockExponent <= 6 ? 1024 << blockExponent : 0;
  const clusterBytes = clusterExponent <= 20 ? 1024 << clusterExponent : 0;
  const firstDataBlock = bytes.readUInt32LE(0x14);
  const blocksPerGroup = bytes.readUInt32LE(0x20);
  const isOld = bytes.readUInt32LE(0x4c) === 0;
  const state = bytes.readUInt16LE(0x3a);
  const superblock = {
    type: typeOf(features),
    uuid: uuidOf(bytes.subarray(0x68, 0x78)),
    label: printable(upToZero(bytes.subarray(0x78, 0x88))),
    sizeBytes: bytesOf(blocks, blockBytes),
    ...{ blockBytes, clusterBytes, blocks, firstDataBlock, blocksPerGroup, features },
    groupCount: groupsOf(blocks, firstDataBlock, blocksPerGroup),
    inodes: bytes.readUInt32LE(0x0),
    inodesPerGroup: bytes.readUInt32LE(0x28),
    inodeBytes: isOld ? 128 : bytes.readUInt16LE(0x58),
    descriptorBytes: is64Bit ? bytes.readUInt16LE(0xfe) : 32,
    firstMetaGroup: bytes.readUInt32LE(0x104),
    reservedDescriptorBlocks: bytes.readUInt16LE(0xce),
    ...(features.includes('sparse_super2')
      ? { backupGroups: [bytes.readUInt32LE(0x24c), bytes.readUInt32LE(0x250)] as const }
      : {}),
    journalUuid: uuidOf(bytes.subarray(0xd0, 0xe0)),
    journalDevice: bytes.readUInt32LE(0xe4),
    isValid: (state & 1) !== 0,
    hasErrors: (state & 2) !== 0,
    errorCount: bytes.readUInt32LE(0x194),
    mounts: bytes.readUInt16LE(0x34),
    lastMountedOn: printable(upToZero(bytes.subarray(0x88, 0xc8))),
    lastMountedAt: timeOf(bytes.readUInt32LE(0x2c)),
    lastWrittenAt: timeOf(bytes.readUInt32LE(0x30)),
    lastCheckedAt: timeOf(bytes.readUInt32LE(0x40)),
    madeAt: timeOf(bytes.readUInt32LE(0x108)),
  };
  return {
    ...superblock,
    contradictions: contradictionsOf({ ...superblock, blockExponent, clusterExponent }),
  };
}

/** The magic number has two bytes only, which noise has, too: what to do on errors, the system that made it, and the revision have few values. */
function isLikely(bytes: Buffer): boolean {
  return bytes.readUInt16LE(0x3c) <= 3 && bytes.readUInt32LE(0x48) <= 4 && bytes.readUInt32LE(0x4c) <= 1;
}

function typeOf(features: readonly string[]): ExtSuperblock['type'] {
  if (features.some((feature) => onlyExt4.includes(feature))) return 'ext4';
  return features.includes('has_journal') || features.includes('journal_dev') ? 'ext3' : 'ext2';
}

function groupsOf(blocks: bigint, firstDataBlock: number, blocksPerGroup: number): number {
  const inGroups = blocks - BigInt(firstDataBlock);
  if (inGroups <= 0n || blocksPerGroup === 0) return 0;
  return Number((inGroups + BigInt(blocksPerGroup) - 1n) / BigInt(blocksPerGroup));
}

type Fields = Omit<ExtSuperblock, 'contradictions'> & { blockExponent: number; clusterExponent: number };

/** What the readers here rely on; the rest is for e2fsck. The limits are the kernel's (fs/ext4/super.c). */
function contradictionsOf(fields: Fields): string[] {
  const { blockExponent, clusterExponent, blockBytes, clusterBytes, blocks, firstDataBlock } = fields;
  if (blockBytes === 0) return [`blocks of 2^${10 + blockExponent} bytes`];
  if (clusterBytes < blockBytes) return [`clusters of 2^${10 + clusterExponent} bytes`];
  const { blocksPerGroup, groupCount, inodes, inodesPerGroup, inodeBytes } = fields;
  // With bigalloc, block 0 is in a group, too.
  const expectedFirst = blockBytes === 1024 && clusterBytes === blockBytes ? 1 : 0;
  return [
    ...(blocks <= BigInt(firstDataBlock) ? ['no blocks'] : []),
    ...(isGroupSize(fields) ? [] : [`groups of ${blocksPerGroup} blocks`]),
    ...(inodesPerGroup === 0 || inodesPerGroup > 8 * blockBytes
      ? [`groups of ${inodesPerGroup} inodes`]
      : []),
    ...(isPowerOfTwo(inodeBytes, 128, blockBytes) ? [] : [`inodes of ${inodeBytes} bytes`]),
    ...(isDescriptorSize(fields) ? [] : [`group descriptors of ${fields.descriptorBytes} bytes`]),
    ...(firstDataBlock === expectedFirst ? [] : [`data from block ${firstDataBlock} on`]),
    ...(inodes > groupCount * inodesPerGroup
      ? [`${inodes} inodes in ${groupCount} groups of ${inodesPerGroup}`]
      : []),
  ];
}

/** A bitmap is one block, of which whole bytes are used. */
function isGroupSize({ blocksPerGroup, blockBytes, clusterBytes }: Fields): boolean {
  const clusters = blocksPerGroup / (clusterBytes / blockBytes);
  return clusters >= 8 && clusters <= 8 * blockBytes && clusters % 8 === 0;
}

function isDescriptorSize({ descriptorBytes, features }: Fields): boolean {
  return isPowerOfTwo(descriptorBytes, features.includes('64bit') ? 64 : 32, 1024);
}
