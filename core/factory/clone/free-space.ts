import { randomBytes } from 'node:crypto';
import { rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { formatSize, foundationErrors } from '../../../foundation/index.ts';
import { reflink } from './file-target.ts';

/** A file to be made: where, and how many bytes of it will be allocated at most. */
export interface SpaceNeed {
  folder: string;
  bytes: number;
  /** The file whose blocks it can share, where the file system has reflinks. */
  from: string | undefined;
}

/**
 * Whether all these files fit, by file system.
 *
 * @throws FOUNDATION_DISK_FULL
 */
export async function assertSpace(needs: readonly SpaceNeed[]): Promise<void> {
  const byFileSystem = new Map<number, SpaceNeed>();
  for (const { folder, bytes, from } of needs) {
    const { dev } = await stat(folder);
    byFileSystem.set(dev, { folder, from, bytes: bytes + (byFileSystem.get(dev)?.bytes ?? 0) });
  }
  for (const { folder, bytes, from } of byFileSystem.values()) {
    const { blocks, bavail, bsize } = await statfs(folder);
    // Some file systems do not say how large they are; there it shows in the writing.
    if (blocks === 0) continue;
    if (bavail * bsize >= bytes || (await sharesBlocks(from, folder))) continue;
    throw foundationErrors.FOUNDATION_DISK_FULL({
      tried: 'make room for the clones',
      where: folder,
      expected: `${formatSize(bytes)} (what the master has allocated, for each clone)`,
      got: `${formatSize(bavail * bsize)} free`,
    });
  }
}

/** Found out by doing it, as nothing else tells. */
async function sharesBlocks(from: string | undefined, folder: string): Promise<boolean> {
  if (from === undefined) return false;
  const path = join(folder, `.assay-${randomBytes(6).toString('hex')}`);
  if (!(await reflink(from, path))) return false;
  await rm(path);
  return true;
}
