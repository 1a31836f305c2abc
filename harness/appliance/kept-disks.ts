import { chmod, mkdir, mkdtemp, readdir, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { copySparse, defaultCachePath, writeFileDurably } from '../../foundation/index.ts';
import { forgetUnusedDisks } from './forget-unused-disks.ts';

/** The disks of one appliance as raw images, at one state of manufacturing. */
export interface DiskSet {
  folder: string;
  systemPath: string;
  /** Only where the layout has a second disk. */
  dataPath?: string;
}

/** Copies a set of disks, holes as holes; the copy may be written. */
export async function copyDisks(from: DiskSet, folder: string): Promise<DiskSet> {
  await mkdir(folder, { recursive: true });
  for (const path of [from.systemPath, from.dataPath]) {
    if (path === undefined) continue;
    const copy = join(folder, path.slice(from.folder.length + 1));
    await copySparse(path, copy);
  }
  return diskSetIn(folder, from.dataPath !== undefined);
}

/** Names the disks of a folder as the factory names them. */
export function diskSetIn(folder: string, hasDataDisk: boolean): DiskSet {
  const systemPath = join(folder, 'system.raw');
  return hasDataDisk ? { folder, systemPath, dataPath: join(folder, 'data.raw') } : { folder, systemPath };
}

/** Disks that are made once and kept: see {@link keptFolder}. */
export async function keptDisks(
  kind: 'templates' | 'masters',
  key: string,
  make: (folder: string) => Promise<unknown>,
): Promise<DiskSet> {
  const kept = await keptFolder(kind, key, make);
  return diskSetIn(kept, (await readdir(kept)).includes('data.raw'));
}

/**
 * A folder that is made once and kept in the cache under a key; `make` fills it. Two runs that make the same at once both
 * succeed, and one result stays. What is kept is read only, and goes when it was not used for a week.
 *
 * @returns the folder's path.
 */
export async function keptFolder(
  kind: 'templates' | 'masters' | 'redundant' | 'recipes',
  key: string,
  make: (folder: string) => Promise<unknown>,
): Promise<string> {
  const pendingKey = `${kind}/${key}`;
  const pending = pendingFolders.get(pendingKey) ?? findOrMake(kind, key, make);
  pendingFolders.set(pendingKey, pending);
  pending.catch(() => pendingFolders.delete(pendingKey));
  return await pending;
}

const pendingFolders = new Map<string, Promise<string>>();

/** Written last: a folder that has it is whole. Its time says when it was used. */
const completeName = 'complete';

async function findOrMake(
  kind: string,
  key: string,
  make: (folder: string) => Promise<unknown>,
): Promise<string> {
  const parent = join(defaultCachePath(), kind);
  const kept = join(parent, key);
  if (!(await isUsable(kept))) {
    await mkdir(parent, { recursive: true });
    const making = await mkdtemp(join(parent, '.making-'));
    try {
      await make(making);
      for (const entry of await readdir(making, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) await chmod(join(entry.parentPath, entry.name), 0o444);
      }
      await writeFileDurably(join(making, completeName), `${key}\n`);
      await rename(making, kept).catch(() => undefined);
    } finally {
      await rm(making, { recursive: true, force: true });
    }
    await forgetUnusedDisks(parent, completeName);
  }
  return kept;
}

/** Whether the folder is whole; notes that it is used. */
async function isUsable(folder: string): Promise<boolean> {
  const now = new Date();
  return await utimes(join(folder, completeName), now, now).then(
    () => true,
    () => false,
  );
}
