import { chmod, chown, lchown, lstat, mkdir, readdir, readlink, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { durably, syncFolder } from '../../../foundation/index.ts';
import { copyFileDurably, isSameContent, linkDurably } from './durable-copy.ts';
import type { CopyItem, CopyPlan } from './plan-copy.ts';

export interface CopyCounts {
  files: number;
  /** Files and links that were missing or differed. */
  changed: number;
  /** Of what was written. */
  sizeBytes: number;
  removed: number;
}

/**
 * Copies what was planned, with modes, owners and links. What is there already, the same, is not written; each file is
 * replaced whole, and all is on the disk when this returns.
 *
 * @param exact Takes away what the source does not have, when all else is done.
 */
export async function copyTree(
  { items, inTheWay }: CopyPlan,
  { exact, signal }: { exact: boolean; signal: AbortSignal },
): Promise<CopyCounts> {
  const counts: CopyCounts = { files: 0, changed: 0, sizeBytes: 0, removed: 0 };
  for (const path of inTheWay) await rm(path, { recursive: true, force: true });
  if (items[0] !== undefined) await mkdir(dirname(items[0].to), { recursive: true });
  const touched = new Set<string>();
  for (const item of items) {
    signal.throwIfAborted();
    if (item.kind !== 'directory') counts.files += 1;
    if (!(await putItem(item, signal))) continue;
    touched.add(dirname(item.to));
    if (item.kind === 'directory') continue;
    counts.changed += 1;
    counts.sizeBytes += item.kind === 'file' ? item.stats.size : 0;
  }
  const folders = items.filter(({ kind }) => kind === 'directory');
  if (exact) counts.removed = await removeOthers(items, folders);
  for (const { to, stats, existing } of folders.toReversed()) {
    // A folder that others use, too, keeps its mode: that of a medium may be any.
    if (existing !== undefined && !exact) continue;
    await chown(to, stats.uid, stats.gid);
    await chmod(to, stats.mode & 0o7777);
  }
  for (const folder of new Set([...touched, ...folders.map(({ to }) => to)])) {
    await durably('copy-tree.folders', () => syncFolder(folder));
  }
  return counts;
}

/** @returns Whether something was written. */
async function putItem({ kind, from, to, stats, existing }: CopyItem, signal: AbortSignal): Promise<boolean> {
  if (kind === 'directory') {
    if (existing === undefined) await mkdir(to, { recursive: true });
    return existing === undefined;
  }
  if (kind === 'symlink') {
    const target = await readlink(from);
    if (existing?.isSymbolicLink() && (await readlink(to)) === target) return false;
    await linkDurably(target, to);
    await lchown(to, stats.uid, stats.gid);
    return true;
  }
  if (existing?.isFile() && existing.size === stats.size && (await isSameContent(from, to))) {
    await chown(to, stats.uid, stats.gid);
    await chmod(to, stats.mode & 0o7777);
    return false;
  }
  await copyFileDurably(from, to, stats, signal);
  return true;
}

async function removeOthers(items: readonly CopyItem[], folders: readonly CopyItem[]): Promise<number> {
  const kept = new Set(items.map(({ to }) => to));
  let removed = 0;
  for (const { to } of folders) {
    for (const name of await readdir(to)) {
      const path = join(to, name);
      const isLostAndFound = name === 'lost+found' && to === folders[0]!.to;
      if (kept.has(path) || isLostAndFound) continue;
      const isFolder = (await lstat(path)).isDirectory();
      await rm(path, { recursive: isFolder, force: true });
      removed += 1;
    }
  }
  return removed;
}
