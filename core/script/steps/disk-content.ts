import { alignmentBytes, allocateAligned } from '../../factory/clone/aligned-memory.ts';
import { scriptErrors } from '../errors.ts';
import type { DiskAccess } from './hardware/disk-access.ts';
import type { ResolvedTarget } from './targets.ts';

const headBytes = 1024 * 1024;

/**
 * Refuses a disk or partition that holds something, as far as its first MiB tells: there lie partition tables, loaders,
 * and the superblocks of all usual file systems.
 *
 * @throws SCRIPT_TARGET_NOT_BLANK
 */
export async function assertBlank({ name, device }: ResolvedTarget, access: DiskAccess): Promise<void> {
  const head = await readHead(access, headBytes);
  if (head.every((byte) => byte === 0)) return;
  throw scriptErrors.SCRIPT_TARGET_NOT_BLANK({
    tried: `write ${name} anew`,
    where: device,
    expected: 'nothing but zeros in its first MiB',
    got: describeContent(head) ?? 'data of an unknown kind',
  });
}

/** The file system of a partition, of those that the medium can mount. */
export async function readFileSystem(access: DiskAccess): Promise<'ext4' | 'vfat' | undefined> {
  const head = await readHead(access, alignmentBytes);
  if (isExt(head)) return 'ext4';
  return isFat(head) ? 'vfat' : undefined;
}

async function readHead(access: DiskAccess, sizeBytes: number): Promise<Buffer> {
  const buffer = allocateAligned(sizeBytes);
  return buffer.subarray(0, await access.read(buffer, 0));
}

function describeContent(head: Buffer): string | undefined {
  if (isExt(head)) return 'an ext file system';
  if (isFat(head)) return 'a FAT file system';
  if (head.subarray(512, 520).toString('latin1') === 'EFI PART') return 'a partition table (GPT)';
  return head.length >= 512 && head.readUInt16LE(510) === 0xaa55
    ? 'a partition table or a loader (MBR)'
    : undefined;
}

/** Magic at 0x38 of the superblock, which is at 1024 (kernel.org, ext4 "The Super Block"). */
function isExt(head: Buffer): boolean {
  return head.length >= 2048 && head.readUInt16LE(1024 + 0x38) === 0xef53;
}

/** BS_FilSysType, at 54 for FAT12 and FAT16, at 82 for FAT32 (Microsoft FAT specification 1.03, section 3). */
function isFat(head: Buffer): boolean {
  if (head.length < 512 || head.readUInt16LE(510) !== 0xaa55) return false;
  return [54, 82].some((offset) => head.subarray(offset, offset + 3).toString('latin1') === 'FAT');
}
