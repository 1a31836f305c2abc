import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface TreeEntry {
  /** Relative to the root of the tree. */
  path: string;
  /** `special`: devices, pipes and sockets, which have no content that could be copied. */
  kind: 'directory' | 'file' | 'symlink' | 'special';
  stats: Stats;
}

/** Everything in a tree, each folder before what it holds; the `lost+found` of its root is left out. */
export async function listTree(root: string, signal: AbortSignal): Promise<TreeEntry[]> {
  const found: TreeEntry[] = [];
  const visit = async (folder: string) => {
    signal.throwIfAborted();
    for (const name of (await readdir(join(root, folder))).sort()) {
      const path = join(folder, name);
      if (path === 'lost+found') continue;
      const stats = await lstat(join(root, path));
      found.push({ path, kind: kindOf(stats), stats });
      if (stats.isDirectory()) await visit(path);
    }
  };
  await visit('');
  return found;
}

export function kindOf(stats: Stats): TreeEntry['kind'] {
  if (stats.isDirectory()) return 'directory';
  if (stats.isFile()) return 'file';
  return stats.isSymbolicLink() ? 'symlink' : 'special';
}
