import { createHash } from 'node:crypto';
import type { FileTree, TreeNode } from '../../inspection/file-systems/index.ts';
import type { ChangedFile } from './clone-changes.ts';
import {
  entropyBytes,
  largestComparedFileBytes,
  mostComparedBytes,
  mostNamedPlaces,
} from './divergence-limits.ts';
import { entropyBitsOf } from './random-share.ts';
import { likenessOf } from './secret-likeness.ts';

/** A tree, or nothing where there is no file system. */
export type ComparedTree = Pick<FileTree, 'nodes' | 'read'>;

/** What the comparison of all partitions of a clone may still take; each takes from it what it needs. */
export class ComparisonBudget {
  /** Of content. */
  bytes = mostComparedBytes;
  /** Changed files. */
  files: number;
  /** Files whose content was not read to its end: the first of them, and how many there are. */
  readonly unread: string[] = [];
  unreadCount = 0;
  /** Changed files that are not told. */
  untold = 0;

  constructor(files: number) {
    this.files = files;
  }

  noteUnread(where: string): void {
    this.unreadCount += 1;
    if (this.unread.length < mostNamedPlaces) this.unread.push(where);
  }
}

/**
 * Compares what is in two trees of one partition, by kind, size and content; permissions and times alone change no file. Where the file system says when
 * a file was written (ext), a file with the same inode, size and time is the same without being read; of FAT, every file is read.
 *
 * @param where The partition, for people.
 */
export async function compareTrees(
  master: ComparedTree,
  clone: ComparedTree,
  where: string,
  budget: ComparisonBudget,
): Promise<ChangedFile[]> {
  const changed: ChangedFile[] = [];
  const tell = (file: ChangedFile | undefined) => {
    if (file === undefined) return;
    if (budget.files <= 0) budget.untold += 1;
    else changed.push(file);
    budget.files -= 1;
  };
  for (const [path, now] of clone.nodes) {
    if (path === '/') continue;
    const before = master.nodes.get(path);
    if (before !== undefined && isSameByFolder(before, now)) continue;
    tell(await compareNodes(master, clone, { before, now, where }, budget));
  }
  for (const [path, { kind, sizeBytes }] of master.nodes) {
    if (!clone.nodes.has(path)) tell({ where: `${where}, ${path}`, how: 'removed', kind, sizeBytes });
  }
  return changed;
}

function isSameByFolder(before: TreeNode, now: TreeNode): boolean {
  if (before.kind !== now.kind || before.target !== now.target) return false;
  if (now.kind !== 'file') return true;
  // FAT has no inodes, and counts time in pairs of seconds.
  if (before.inode === undefined) return false;
  const time = before.modifiedAt?.getTime();
  return (
    before.inode === now.inode && before.sizeBytes === now.sizeBytes && time === now.modifiedAt?.getTime()
  );
}

interface Compared {
  before: TreeNode | undefined;
  now: TreeNode;
  where: string;
}

/** Undefined when both have the same content. */
async function compareNodes(
  master: ComparedTree,
  clone: ComparedTree,
  { before, now, where }: Compared,
  budget: ComparisonBudget,
): Promise<ChangedFile | undefined> {
  const { path, kind, sizeBytes, target } = now;
  const how = before === undefined ? 'made' : 'changed';
  const file: ChangedFile = { where: `${where}, ${path}`, how, kind, sizeBytes };
  if (kind === 'link' && target !== undefined) return { ...file, sha256: sha256Of(Buffer.from(target)) };
  if (kind !== 'file') return file;
  const content = await read(clone, now, budget);
  const maySame = before?.kind === 'file' && before.sizeBytes === sizeBytes;
  if (content === undefined) {
    budget.noteUnread(file.where);
    return file;
  }
  const isCut = content.length < sizeBytes;
  if (maySame && (await read(master, before, budget))?.equals(content)) {
    // Of FAT, every file comes here: one that nobody has written since is not open because it is large.
    const isAsOld = before.modifiedAt?.getTime() === now.modifiedAt?.getTime();
    if (isCut && !isAsOld) budget.noteUnread(file.where);
    return undefined;
  }
  if (isCut) budget.noteUnread(file.where);
  return { ...file, ...factsOf(path, content, sizeBytes) };
}

async function read(
  tree: ComparedTree,
  node: TreeNode,
  budget: ComparisonBudget,
): Promise<Buffer | undefined> {
  const length = Math.min(node.sizeBytes, largestComparedFileBytes);
  const content = length > budget.bytes ? undefined : await tree.read(node.path, length);
  budget.bytes -= content?.length ?? 0;
  return content;
}

function factsOf(path: string, content: Buffer, sizeBytes: number): Partial<ChangedFile> {
  const start = content.subarray(0, entropyBytes);
  const likeness = likenessOf(path, start);
  return {
    ...(content.length < sizeBytes ? {} : { sha256: sha256Of(content) }),
    ...(start.length < shortestForEntropy ? {} : { entropyBits: entropyBitsOf(start) }),
    ...(likeness === undefined ? {} : { likeness }),
  };
}

/** Of fewer bytes, it says nothing. */
const shortestForEntropy = 16;

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
