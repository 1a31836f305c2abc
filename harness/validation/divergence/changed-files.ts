import {
  DiskBudget,
  type FileSystemType,
  openFileTree,
  type RecognisedFileSystem,
  recogniseFileSystem,
} from '../../inspection/file-systems/index.ts';
import type { ImageSource } from '../../inspection/image-source.ts';
import { type DiskPartition, partitionName } from '../../inspection/place.ts';
import type { ChangedFile, CloneChanges } from './clone-changes.ts';
import { type ComparedTree, ComparisonBudget, compareTrees } from './compare-trees.ts';
import type { PartitionPair } from './disk-areas.ts';
import { mostChangedFiles } from './divergence-limits.ts';

/** There are no files in these. */
const withoutFiles: readonly FileSystemType[] = ['empty', 'unknown', 'swap'];

const noFiles: ComparedTree = { nodes: new Map(), read: async () => undefined };

/**
 * Compares the files of partitions in which blocks have changed. What cannot be read is said; a file system that the clone has made where there was
 * none before has only new files.
 *
 * @throws the signal's reason; FOUNDATION_TOOL_MISSING, FOUNDATION_TOOL_FAILED of unsquashfs.
 */
export async function findChangedFiles(
  master: ImageSource,
  clone: ImageSource,
  partitions: readonly PartitionPair[],
  signal: AbortSignal,
): Promise<Pick<CloneChanges, 'files' | 'missing' | 'inUse'>> {
  const budget = new ComparisonBudget(mostChangedFiles);
  const [files, missing, inUse]: [ChangedFile[], string[], string[]] = [[], [], []];
  for (const pair of partitions) {
    signal.throwIfAborted();
    const where = partitionName(pair.now);
    // Two trees are in memory at a time, no more.
    const diskBudget = new DiskBudget(signal);
    diskBudget.entries *= 2;
    const before = await openSide(master, pair.before, diskBudget);
    const now = await openSide(clone, pair.now, diskBudget);
    missing.push(...before.missing.map((what) => `${where} of the master: ${what}`));
    missing.push(...now.missing.map((what) => `${where}: ${what}`));
    if (now.isInUse) inUse.push(where);
    if (before.tree === undefined || now.tree === undefined) continue;
    files.push(...(await compareTrees(before.tree, now.tree, where, budget)));
  }
  const { unread, unreadCount } = budget;
  if (unreadCount > 0) {
    const further = unreadCount > unread.length ? `, and ${unreadCount - unread.length} more` : '';
    missing.push(`not read to their ends: ${unread.join(', ')}${further}`);
  }
  if (budget.untold > 0) missing.push(`${budget.untold} further files have changed`);
  return { files, missing, inUse };
}

interface Side {
  /** Undefined when it cannot be read. */
  tree: ComparedTree | undefined;
  missing: string[];
  isInUse: boolean;
}

async function openSide(
  source: ImageSource,
  partition: DiskPartition | undefined,
  budget: DiskBudget,
): Promise<Side> {
  if (partition === undefined) return { tree: noFiles, missing: [], isInUse: false };
  const fileSystem = await recogniseFileSystem(source, partition);
  if (withoutFiles.includes(fileSystem.type)) return { tree: noFiles, missing: [], isInUse: false };
  const { tree, findings } = await openFileTree(source, fileSystem, undefined, budget);
  const missing = findings.map(({ kind, evidence }) => `${kind}: ${evidence}`);
  if (tree === undefined && missing.length === 0) missing.push(`${fileSystem.type} cannot be read`);
  return { tree, missing, isInUse: isInUse(fileSystem) };
}

/** A file system without a journal is read as it is; one with a journal may have its last changes only there. */
function isInUse({ state, type }: RecognisedFileSystem): boolean {
  return state === 'in-use' && type.startsWith('ext');
}
