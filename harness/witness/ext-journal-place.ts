import { ReadOnlyFile } from './read-only-file.ts';

/** What can be read from: a disk, or the copy of a partition. */
interface Readable {
  read(offsetBytes: number, lengthBytes: number): Promise<Buffer>;
}

const superblockBytes = 1024;
const magic = 0xef53;
/** Where a group's first block lies for each size of blocks: e2fsck looks there for copies by itself (e2fsck/super.c: get_backup_sb). */
const copies = [10, 11, 12, 13, 14, 15, 16].map((exponent) => {
  const blockBytes = 2 ** exponent;
  return (blockBytes * 8 + (exponent === 10 ? 1 : 0)) * blockBytes;
});

/**
 * Whether the superblock, or a copy of it that e2fsck may take instead, names a journal that is not in the file system itself: by UUID (s_journal_uuid)
 * or by device number (s_journal_dev), whatever its features say. e2fsck looks for that among all disks of the host, and opens it for writing even with
 * `-n` (e2fsck/journal.c: e2fsck_get_journal; Linux kernel, Documentation/filesystems/ext4/super.rst).
 */
export async function namesOtherJournal(
  source: Readable,
  { offsetBytes, sizeBytes }: { offsetBytes: number; sizeBytes: number },
): Promise<boolean> {
  const read = async (at: number) =>
    at + superblockBytes > sizeBytes ? Buffer.alloc(0) : await source.read(offsetBytes + at, superblockBytes);
  const first = await read(superblockBytes);
  const places = [...copies, ...(first.length === superblockBytes ? [copyBy(first)] : [])];
  const others = await Promise.all(places.map(read));
  return [first, ...others].some(
    (bytes) =>
      bytes.length === superblockBytes &&
      bytes.readUInt16LE(0x38) === magic &&
      (bytes.readUInt32LE(0xe4) !== 0 || bytes.subarray(0xd0, 0xe0).some((byte) => byte !== 0)),
  );
}

/** The first copy, by what the superblock itself says of its groups. */
function copyBy(superblock: Buffer): number {
  const blockBytes = 1024 * 2 ** Math.min(superblock.readUInt32LE(0x18), 6);
  return (superblock.readUInt32LE(0x20) + superblock.readUInt32LE(0x14)) * blockBytes;
}

/** The same of a copy of a partition, before e2fsck is let near it. @throws WITNESS_DISK_UNREADABLE */
export async function copyNamesOtherJournal(copyPath: string): Promise<boolean> {
  await using file = await ReadOnlyFile.open(copyPath);
  return await namesOtherJournal(file, { offsetBytes: 0, sizeBytes: file.sizeBytes });
}
