import { type FileHandle, open, rename, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { durably } from './durably.ts';

/** Types of file systems without a journal, as statfs(2) tells them: FAT and exFAT. */
const typesWithoutJournal = new Set([0x4d44, 0x2011bab0]);

/**
 * Gives a file or folder another name, over what may lie there, so that a power cut leaves whole either what had the name
 * before or what has it now (design 14). What it holds has to be on the disk; that the new name is, too, takes a sync of its
 * folder afterwards.
 *
 * With a journal, rename(2) is all it takes. On FAT the new name leads to no content until the inode is written, which the
 * sync of a folder does not do, and the clusters of what is replaced are free at once, whichever is written first.
 *
 * @param renamed Open, and read or written before; it stays open.
 */
export async function renameDurably(renamed: FileHandle, from: string, to: string): Promise<void> {
  const { type } = await statfs(dirname(to));
  await (typesWithoutJournal.has(type) ? renameWithoutJournal(renamed, from, to) : rename(from, to));
}

/** The same on any file system; see {@link renameDurably}. */
export async function renameWithoutJournal(renamed: FileHandle, from: string, to: string): Promise<void> {
  const replaced: FileHandle[] = [];
  // What is open keeps its clusters.
  await durably('rename-durably.keep-replaced', async () => replaced.push(...(await openIfThere(to))));
  try {
    await rename(from, to);
    await durably('rename-durably.entry', async () => {
      await renamed.sync();
      // Until the old name is gone from the disk, too, it leads to the same clusters: whoever removes it frees them.
      await using folder = await open(dirname(from), 'r');
      await folder.sync();
    });
  } finally {
    for (const file of replaced) await file.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle[]> {
  try {
    return [await open(path, 'r')];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
