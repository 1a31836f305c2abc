import { createHash } from 'node:crypto';
import { type InspectOptions, inspectDisk } from '../witness/index.ts';
import type { DamageOptions } from './damage-pattern.ts';
import { faultsErrors } from './errors.ts';
import { type ByteRange, type Injection, overwriteRanges } from './overwrite-ranges.ts';

export interface DamageFileOptions extends DamageOptions, Pick<InspectOptions, 'layout' | 'scratchFolder'> {
  /** Its number, or its role when `layout` is given. */
  partition: number | string;
  path: string;
  /** Only the first so many bytes of the file; all of it by default. */
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
  const { partition, path, atMostBytes = Number.POSITIVE_INFINITY, how, seed, ...inspect } = options;
  const look = async () => {
    await using disk = await inspectDisk(diskPath, inspect);
    const inspected = await disk.partition(partition);
    const content = await inspected.read(path);
    const sha256 = createHash('sha256').update(content).digest('hex');
    return { sha256, places: await inspected.locate(path) };
  };
  const before = await look();
  const target = `${path} in partition ${partition}`;
  const injection = await overwriteRanges(diskPath, firstBytes(before.places, atMostBytes), target, {
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

function firstBytes(places: readonly ByteRange[], atMostBytes: number): ByteRange[] {
  const taken: ByteRange[] = [];
  let left = atMostBytes;
  for (const { offsetBytes, lengthBytes } of places) {
    if (left <= 0) break;
    taken.push({ offsetBytes, lengthBytes: Math.min(lengthBytes, left) });
    left -= lengthBytes;
  }
  return taken;
}
