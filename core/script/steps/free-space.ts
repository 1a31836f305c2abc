import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { formatSize } from '../../../foundation/index.ts';
import { scriptErrors } from '../errors.ts';

/**
 * Refuses what will not fit on a file system, before anything is written there.
 *
 * @param path What will be made; it need not be there yet.
 * @throws SCRIPT_SPACE_TOO_SMALL
 */
export async function assertSpace(path: string, neededBytes: number, words: string): Promise<void> {
  const { bavail, bsize } = await statfsAbove(path);
  if (neededBytes <= bavail * bsize) return;
  throw scriptErrors.SCRIPT_SPACE_TOO_SMALL({
    tried: `write to ${words}`,
    expected: `${formatSize(neededBytes)} free`,
    got: `${formatSize(bavail * bsize)} free`,
  });
}

/** What a file takes at most, beyond its bytes: its last block is not full. */
export function roundToBlock(sizeBytes: number): number {
  return Math.ceil(sizeBytes / 4096) * 4096;
}

async function statfsAbove(path: string) {
  try {
    return await statfs(path);
  } catch (error) {
    if (dirname(path) === path) throw error;
    return await statfsAbove(dirname(path));
  }
}
