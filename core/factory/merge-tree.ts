import { dirname } from 'node:path/posix';
import type { FileTree, FileTreeEntry } from './file-tree.ts';

/** A tree with more files in it: folders that they need are made, entries of the same path are replaced. */
export function mergeTree(tree: FileTree, additions: readonly FileTreeEntry[]): FileTree {
  const entries = new Map(tree.map((entry) => [entry.path, entry]));
  for (const entry of additions) {
    for (const folder of parentFolders(entry.path)) {
      if (!entries.has(folder)) {
        entries.set(folder, { kind: 'directory', path: folder, mode: 0o755, uid: 0, gid: 0 });
      }
    }
    entries.set(entry.path, entry);
  }
  return [...entries.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function parentFolders(path: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); folder !== '/'; folder = dirname(folder)) folders.unshift(folder);
  return folders;
}
