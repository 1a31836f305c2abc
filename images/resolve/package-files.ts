import { readdir, readlink, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { TreeNode } from './tree-draft.ts';

/** A file or a link of an unpacked package, at its place in a tree with a merged /usr. */
export interface PackageFile {
  path: string;
  /** Where it lies on the host. */
  hostPath: string;
  /** The target when it is a symbolic link. */
  linkTarget?: string;
  executable: boolean;
}

/** Files of the selected components' packages by path: what no component names is taken from here when needed. */
export type AvailableFiles = ReadonlyMap<string, { file: PackageFile; component: string }>;

/** The files of an unpacked package by path, sorted. Folders are not kept: those that are needed are made. */
export async function readPackageFiles(unpackedPath: string): Promise<Map<string, PackageFile>> {
  const entries = await readdir(unpackedPath, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => readEntry(unpackedPath, entry)),
  );
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return new Map(files.map((file) => [file.path, file]));
}

/** Debian still ships `/bin/x` and `/lib/x` in packages and installs them to `/usr`: the same is done here. */
export function mergedUsrPath(path: string): string {
  return /^\/(bin|sbin|lib|lib64)\//.test(path) ? `/usr${path}` : path;
}

/** Where a link at `path` leads to. */
export function linkDestination(path: string, target: string): string {
  return mergedUsrPath(posix.resolve(posix.dirname(path), target));
}

/** A file of a package as a node of a tree; owners and finer modes are normalised away. */
export function packageNode(file: PackageFile, component: string): TreeNode {
  return file.linkTarget === undefined
    ? { kind: 'file', hostPath: file.hostPath, mode: file.executable ? 0o755 : 0o644, component }
    : { kind: 'symlink', target: file.linkTarget, mode: 0o777, component };
}

interface FolderEntry {
  name: string;
  parentPath: string;
  isSymbolicLink(): boolean;
}

async function readEntry(unpackedPath: string, entry: FolderEntry): Promise<PackageFile> {
  const hostPath = join(entry.parentPath, entry.name);
  const path = mergedUsrPath(hostPath.slice(unpackedPath.length));
  if (entry.isSymbolicLink())
    return { path, hostPath, linkTarget: await readlink(hostPath), executable: false };
  return { path, hostPath, executable: ((await stat(hostPath)).mode & 0o111) !== 0 };
}
