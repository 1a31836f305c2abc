import { createHash } from 'node:crypto';
import { type InspectOptions, inspectDisk } from '../witness/index.ts';
import type { DamageOptions } from './damage-pattern.ts';
import { faultsErrors } from './errors.ts';
import { type ByteRange, type Injection, overwriteRanges } from './overwrite-ranges.ts';

/** Which file `damageFile` damages, which part of it, and how. */
export interface DamageFileOptions extends DamageOptions, Pick<InspectOptions, 'layout' | 'scratchFolder'> {
  /** Its number, or its role when `layout` is given. */
  partition: number | string;
  path: string;
  /** So many bytes at the file's beginning stay as they are; none by default. */
  skipBytes?: number;
  /** Only so many bytes after that; all by default. */
  atMostBytes?: number;
}

/** A damaged file: beside the raw bytes, what reads as the file's content has changed, too. */
export interface FileInjection extends Injection {
  fileSha256: { before: string; after: string };
}

/**
 * Damages the content of one file in ext4 or FAT on the raw disk, as bit rot does: the file system's own records stay
 * right. That the right blocks were hit is proved by reading the file through its file system again.
 *
 * @throws what the witness throws about a partition or path; FAULTS_TARGET_INVALID for an empty file,
 * FAULTS_NOT_WRITTEN, FAULTS_NO_EFFECT
 */
export async function damageFile(diskPath: string, options: DamageFileOptions): Promise<FileInjection> {
  const {
    partition,
    path,
    skipBytes = 0,
    atMostBytes = Number.POSITIVE_INFINITY,
    how,
    seed,
    ...inspect
  } = options;
  const look = async () => {
    await using disk = await inspectDisk(diskPath, inspect);
    const inspected = await disk.partition(partition);
    const content = await inspected.read(path);
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { sha256, places: await inspected.locate(path) };
  };
  const before = await look();
  const target = `${path} in partition ${partition}`;
  const injection = await overwriteRanges(diskPath, rangeOf(before.places, skipBytes, atMostBytes), target, {
    how,
    seed,
  });
  const after = await look();
  if (after.sha256 === before.sha256) {
    throw faultsErrors.FAULTS_NO_EFFECT({
      tried: `damage ${target} of ${diskPath}`,
      got: 'the file reads as before, though raw bytes have changed',
    });
  }
  return { ...injection, fileSha256: { before: before.sha256, after: after.sha256 } };
}

/** The places of `countBytes` bytes of a file, from its byte `skipBytes` on. */
function rangeOf(places: readonly ByteRange[], skipBytes: number, countBytes: number): ByteRange[] {
  const taken: ByteRange[] = [];
  let toSkip = skipBytes;
  let left = countBytes;
  for (const { offsetBytes, lengthBytes } of places) {
    const skipped = Math.min(toSkip, lengthBytes);
    const length = Math.min(lengthBytes - skipped, left);
    if (length > 0) taken.push({ offsetBytes: offsetBytes + skipped, lengthBytes: length });
    toSkip -= skipped;
    left -= Math.max(0, length);
  }
  return taken;
}
