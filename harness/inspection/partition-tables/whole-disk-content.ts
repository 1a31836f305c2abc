import type { PartitionSource } from './partition-reading.ts';

/** A file system or the like that lies on a disk itself, by its signature. */
export interface WholeDiskContent {
  name: string;
  /** Where its signature is, from the beginning of the disk. */
  offsetBytes: number;
}

/** The farthest signature is that of btrfs. */
const lookedAtBytes = 66 * 1024;

/** Recognises what lies on a disk as a whole, by signatures at their places as libblkid knows them. */
export async function recogniseWholeDisk(source: PartitionSource): Promise<WholeDiskContent | undefined> {
  const start = await source.read(0, Math.min(lookedAtBytes, source.sizeBytes));
  if (isFat(start)) return { name: 'FAT', offsetBytes: 0 };
  if (isExt(start)) return { name: 'ext2, ext3 or ext4', offsetBytes: 1024 + 56 };
  const found = signatures.find(({ offsetBytes, bytes }) =>
    start.subarray(offsetBytes, offsetBytes + bytes.length).equals(bytes),
  );
  return found && { name: found.name, offsetBytes: found.offsetBytes };
}

/**
 * The boot parameters of FAT (Microsoft, FAT specification, "Boot sector and BPB"). The code behind them may hold anything, also
 * where a partition table would be, so that only the parameters count.
 */
function isFat(start: Buffer): boolean {
  if (start.length < 512 || start.readUInt16BE(510) !== 0x55aa) return false;
  const jump = start[0] === 0xe9 || (start[0] === 0xeb && start[2] === 0x90);
  const sectorsPerCluster = start[13]!;
  const copies = start[16]!;
  const media = start[21]!;
  const sectorCount = start.readUInt16LE(19) || start.readUInt32LE(32);
  const sectorsPerFat = start.readUInt16LE(22) || start.readUInt32LE(36);
  return (
    jump &&
    [512, 1024, 2048, 4096].includes(start.readUInt16LE(11)) &&
    sectorsPerCluster > 0 &&
    (sectorsPerCluster & (sectorsPerCluster - 1)) === 0 &&
    start.readUInt16LE(14) > 0 &&
    (copies === 1 || copies === 2) &&
    (media === 0xf0 || media >= 0xf8) &&
    sectorCount > 0 &&
    sectorsPerFat > 0
  );
}

/** Its signature has only two bytes, so that the sizes beside it count too (Linux, ext4: struct ext4_super_block). */
function isExt(start: Buffer): boolean {
  if (start.length < 2048 || start.readUInt16LE(1024 + 56) !== 0xef53) return false;
  return (
    start.readUInt32LE(1024) > 0 && start.readUInt32LE(1024 + 4) > 0 && start.readUInt32LE(1024 + 24) <= 6
  );
}

const signatures: readonly { name: string; offsetBytes: number; bytes: Buffer }[] = [
  { name: 'NTFS', offsetBytes: 3, bytes: Buffer.from('NTFS    ') },
  { name: 'exFAT', offsetBytes: 3, bytes: Buffer.from('EXFAT   ') },
  { name: 'XFS', offsetBytes: 0, bytes: Buffer.from('XFSB') },
  { name: 'squashfs', offsetBytes: 0, bytes: Buffer.from('hsqs') },
  { name: 'LUKS', offsetBytes: 0, bytes: Buffer.from('LUKS\xba\xbe', 'latin1') },
  ...[0, 512, 1024, 1536].map((offsetBytes) => ({
    name: 'LVM',
    offsetBytes,
    bytes: Buffer.from('LABELONE'),
  })),
  { name: 'EROFS', offsetBytes: 1024, bytes: Buffer.from([0xe2, 0xe1, 0xf5, 0xe0]) },
  { name: 'F2FS', offsetBytes: 1024, bytes: Buffer.from([0x10, 0x20, 0xf5, 0xf2]) },
  { name: 'swap', offsetBytes: 4086, bytes: Buffer.from('SWAPSPACE2') },
  { name: 'RAID (md)', offsetBytes: 4096, bytes: Buffer.from([0xfc, 0x4e, 0x2b, 0xa9]) },
  { name: 'ISO 9660', offsetBytes: 32769, bytes: Buffer.from('CD001') },
  { name: 'btrfs', offsetBytes: 65536 + 64, bytes: Buffer.from('_BHRfS_M') },
];
