import { randomBytes } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { durably } from './durably.ts';
import { renameDurably } from './rename-durably.ts';

/**
 * Writes a file so that a power cut leaves either the old or the new content, never a mixture: temporary file in
 * the same folder, fsync, rename, fsync of the folder (design 14). Parent folders are made when missing.
 */
export async function writeFileDurably(path: string, data: string | Uint8Array, mode = 0o644): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const temporaryPath = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temporaryPath, 'wx', mode);
    try {
      await file.writeFile(data);
      await durably('durable-file.content', () => file.sync());
      await renameDurably(file, temporaryPath, path);
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw error;
  }
  await durably('durable-file.folder', () => syncFolder(folder));
}

/** Makes the entries of a folder durable: a rename is only on the disk once its folder is. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
