import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askDebugfs } from './debugfs.ts';
import { type Ext4FolderEntry, parseFolder } from './ext4-folder.ts';
import { parseInode } from './ext4-inode.ts';
import { hashFile } from './hash-file.ts';
import type { TreeEntry } from './tree-entry.ts';

type FoundEntry = Ext4FolderEntry & { path: string };

const rootInode = 2;
/** Longer targets of links are kept in a block of their own. */
const longestFastTargetBytes = 59;

/**
 * Reads a whole tree: one run of debugfs for each level of folders, one for all links and devices, and one that
 * copies all contents into `folder`, where they are hashed. Everything is asked for by inode, so that no name can
 * be misunderstood.
 */
export async function readExt4Tree(
  image: string,
  folder: string,
  signal?: AbortSignal,
): Promise<TreeEntry[]> {
  const found = await walk(image, signal);
  const inodes = (wanted: (entry: FoundEntry) => boolean) => [
    ...new Set(found.filter(wanted).map(({ inode }) => inode)),
  ];
  const copy = (inode: number) => join(folder, String(inode));
  const files = inodes(({ kind }) => kind === 'file');
  const longLinks = inodes(({ kind, sizeBytes }) => kind === 'link' && sizeBytes! > longestFastTargetBytes);
  await askDebugfs(
    image,
    [...files, ...longLinks].map((inode) => `dump <${inode}> "${copy(inode)}"`),
    signal,
  );
  const special = inodes(({ kind }) => kind === 'link' || kind.endsWith('-device'));
  const answers = await askDebugfs(
    image,
    special.map((inode) => `stat <${inode}>`),
    signal,
  );
  const stats = new Map(special.map((inode, index) => [inode, parseInode(answers[index]!)]));
  const digests = new Map<number, string>();
  for (const inode of files) digests.set(inode, await hashFile(copy(inode)));
  const targets = new Map<number, string>();
  for (const inode of longLinks) targets.set(inode, await readFile(copy(inode), 'utf8'));

  return found
    .map((entry) => {
      const { inode, kind } = entry;
      const { fastTarget, device } = stats.get(inode) ?? {};
      return {
        ...entry,
        ...(kind === 'file' ? { sha256: digests.get(inode)! } : {}),
        ...(kind === 'link' ? { target: targets.get(inode) ?? fastTarget ?? '' } : {}),
        ...(device === undefined ? {} : { device }),
      };
    })
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** Every entry, the root included, level by level. A folder is entered once, so a damaged tree has an end, too. */
async function walk(image: string, signal?: AbortSignal): Promise<FoundEntry[]> {
  const [rootStat = ''] = await askDebugfs(image, [`stat <${rootInode}>`], signal);
  const { mode, uid, gid } = parseInode(rootStat);
  const root: FoundEntry = {
    ...{ name: '/', path: '/', kind: 'folder', inode: rootInode },
    ...{ mode, uid, gid, sizeBytes: null },
  };
  const found = [root];
  const entered = new Set([rootInode]);
  let level = [root];
  while (level.length > 0) {
    const answers = await askDebugfs(
      image,
      level.map(({ inode }) => `ls -l -p <${inode}>`),
      signal,
    );
    const entries = level.flatMap((parent, index) =>
      parseFolder(answers[index]!).map((entry) => ({
        ...entry,
        path: `${parent.path === '/' ? '' : parent.path}/${entry.name}`,
      })),
    );
    found.push(...entries);
    level = entries.filter(({ kind, inode }) => kind === 'folder' && !entered.has(inode));
    for (const { inode } of level) entered.add(inode);
  }
  return found;
}
