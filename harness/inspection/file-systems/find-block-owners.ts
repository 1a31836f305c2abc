import { setImmediate } from 'node:timers/promises';
import type { ByteRange } from '../finding.ts';
import type { DiskBudget } from './disk-budget.ts';
import type { FileTree, TreeNode } from './file-tree.ts';

/** To whom a place in a block in use belongs. */
export type BlockOwner =
  /** All names of the file, in the order of the tree. */
  { paths: readonly string[] } | 'journal';

export interface OwnerSearch {
  /** By place; those that belong to no file are not in it: folders, attributes, blocks that a file has and never wrote. */
  owners: ReadonlyMap<number, BlockOwner>;
  /** It ended before everything had been looked at. */
  wasCut: boolean;
}

/** Of so many ranges, one waits for its turn. */
const rangesInOneGo = 10_000;

/**
 * Finds the files in whose content places of a partition lie, in one walk over what says where files lie, which ends when all are found. A
 * place that two files claim, which no sound file system has, belongs to the one with the lower inode.
 *
 * @param places In bytes from the beginning of the partition.
 * @param budget Its `mapSteps` are counted down.
 * @throws the signal's reason.
 */
export async function findBlockOwners(
  tree: FileTree,
  places: readonly number[],
  budget: DiskBudget,
): Promise<OwnerSearch> {
  const left = [...new Set(places)].sort((one, other) => one - other);
  const found = new Map<number, TreeNode | 'journal'>();
  let looked = 0;
  const find = async (ranges: AsyncGenerator<ByteRange> | undefined, owner: TreeNode | 'journal') => {
    for await (const range of ranges ?? []) {
      for (const place of takeWithin(left, range)) found.set(place, owner);
      if (left.length === 0) return;
      looked += 1;
      if (looked % rangesInOneGo === 0) await giveWay(budget);
    }
  };
  for (const node of filesOnce(tree)) {
    if (left.length === 0 || budget.mapSteps < 0) break;
    budget.signal?.throwIfAborted();
    await find(tree.contentRanges?.(node.path, budget), node);
  }
  if (left.length > 0) await find(tree.journalRanges?.(budget), 'journal');
  const names = namesOf(tree, found.values());
  const owners = [...found].map(([place, owner]): [number, BlockOwner] => [
    place,
    owner === 'journal' ? owner : { paths: names.get(keyOf(owner)) ?? [owner.path] },
  ]);
  return { owners: new Map(owners), wasCut: left.length > 0 && (tree.wasCut || budget.mapSteps < 0) };
}

/** What the process does besides wants its turn: maps that are in memory are waited for by nobody. */
async function giveWay({ signal }: DiskBudget): Promise<void> {
  await setImmediate();
  signal?.throwIfAborted();
}

/** Each inode once, in their order: so the tables of inodes are read from front to back. */
function filesOnce({ nodes }: FileTree): TreeNode[] {
  const files = new Map<string, TreeNode>();
  for (const node of nodes.values()) {
    if (node.kind !== 'file' || node.sizeBytes === 0) continue;
    const key = keyOf(node);
    if (!files.has(key)) files.set(key, node);
  }
  return [...files.values()].sort((one, other) => (one.inode ?? 0) - (other.inode ?? 0));
}

function keyOf({ inode, path }: TreeNode): string {
  return inode === undefined ? path : `inode ${inode}`;
}

/** Takes those within a range out of places in order: each is only found once, however many ranges claim it. */
function takeWithin(places: number[], { offsetBytes, lengthBytes }: ByteRange): number[] {
  const from = firstFrom(places, offsetBytes);
  const isWithin = places[from] !== undefined && places[from] < offsetBytes + lengthBytes;
  return isWithin ? places.splice(from, firstFrom(places, offsetBytes + lengthBytes) - from) : [];
}

/** The index of the first one that is not below a limit. */
function firstFrom(places: readonly number[], limit: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (places[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function namesOf(tree: FileTree, owners: Iterable<TreeNode | 'journal'>): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const owner of owners) if (owner !== 'journal') names.set(keyOf(owner), []);
  if (names.size === 0) return names;
  for (const node of tree.nodes.values()) {
    if (node.kind === 'file') names.get(keyOf(node))?.push(node.path);
  }
  return names;
}
