import { createHash } from 'node:crypto';
import { hashFile } from './disk-writer.ts';
import type { FileTree } from './file-tree.ts';

/** SHA-256 over a tree's paths, attributes and contents, in hexadecimal; where its files lie on the host has no part. */
export async function hashTree(tree: FileTree): Promise<string> {
  const hash = createHash('sha256');
  for (const entry of tree) {
    const { path, mode, uid, gid, kind } = entry;
    hash.update(`${JSON.stringify([path, mode, uid, gid, kind, await describeContent(entry)])}\n`);
  }
  return hash.digest('hex');
}

async function describeContent(entry: FileTree[number]): Promise<unknown> {
  switch (entry.kind) {
    case 'directory':
      return null;
    case 'symlink':
      return entry.target;
    case 'device':
      return [entry.deviceType, entry.major, entry.minor];
    case 'file':
      return 'content' in entry
        ? createHash('sha256').update(entry.content).digest('hex')
        : await hashFile(entry.sourcePath);
  }
}
