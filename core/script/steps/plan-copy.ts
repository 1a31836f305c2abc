import type { Stats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { scriptErrors } from '../errors.ts';
import type { OpenPlace } from './file-place.ts';
import { roundToBlock } from './free-space.ts';
import { listTree, type TreeEntry } from './list-tree.ts';
import { pathInside } from './path-inside.ts';

/** One entry of the source with its place in the target. */
export interface CopyItem {
  kind: Exclude<TreeEntry['kind'], 'special'>;
  from: string;
  to: string;
  stats: Stats;
  /** What is there now, and can be replaced or used. */
  existing?: Stats;
}

export interface CopyPlan {
  items: readonly CopyItem[];
  /** Of another kind than what belongs there; only with `exact`. */
  inTheWay: readonly string[];
  /** Special files of the source. */
  leftOut: readonly string[];
  /** Room that the copy takes at its worst moment, beyond what is taken now. */
  neededBytes: number;
}

/**
 * Finds out what goes where, and whether it can; changes nothing. A link in the target that leads to a folder is used
 * as one, inside of its file system (`/bin` may be `/usr/bin`); with `exact` it is in the way.
 *
 * @throws SCRIPT_FILE_MISSING, and without `exact` SCRIPT_FILE_IN_THE_WAY.
 */
export async function planCopy(
  from: OpenPlace,
  to: OpenPlace,
  { exact, signal }: { exact: boolean; signal: AbortSignal },
): Promise<CopyPlan> {
  const source = await stat(from.path).catch(() => undefined);
  if (!source?.isFile() && !source?.isDirectory()) {
    const got = source === undefined ? 'nothing' : 'neither a file nor a folder';
    throw scriptErrors.SCRIPT_FILE_MISSING({ tried: 'copy', where: from.words, got });
  }
  const planner = new CopyPlanner(to.root);
  if (source.isFile()) {
    const isFolder = (await stat(to.path).catch(() => undefined))?.isDirectory() ?? false;
    const name = isFolder ? join(to.path, basename(from.path)) : to.path;
    await planner.add({ path: '', kind: 'file', stats: source }, from.path, name);
  } else {
    await planner.add({ path: '', kind: 'directory', stats: source }, from.path, to.path);
    for (const entry of await listTree(from.path, signal)) {
      await planner.add(entry, join(from.path, entry.path), planner.placeOf(entry.path));
    }
  }
  const plan = planner.plan();
  if (plan.inTheWay.length === 0 || exact) return plan;
  throw scriptErrors.SCRIPT_FILE_IN_THE_WAY({
    tried: `copy ${from.words} to ${to.words}`,
    got: plan.inTheWay.join(', '),
  });
}

class CopyPlanner {
  readonly #root: string;
  readonly #items: CopyItem[] = [];
  readonly #inTheWay: string[] = [];
  readonly #leftOut: string[] = [];
  /** Where each folder of the source goes, by its path there, and whether it is there already. */
  readonly #folders = new Map<string, { path: string; isThere: boolean }>();

  constructor(root: string) {
    this.#root = root;
  }

  placeOf(path: string): string {
    return join(this.#folders.get(dirname(path) === '.' ? '' : dirname(path))!.path, basename(path));
  }

  async add({ path, kind, stats }: TreeEntry, from: string, to: string): Promise<void> {
    if (kind === 'special') {
      this.#leftOut.push(path);
      return;
    }
    const parent = this.#folders.get(dirname(path) === '.' ? '' : dirname(path));
    // Below what is made anew or taken away there is nothing that counts.
    const isBelowThere = path === '' || (parent?.isThere ?? true);
    const there = isBelowThere ? await lstat(to).catch(() => undefined) : undefined;
    const usable = kind === 'directory' ? await this.#usableFolder(to, there) : to;
    const fits = there === undefined || (kind === 'directory' ? usable !== undefined : !there.isDirectory());
    if (!fits) this.#inTheWay.push(to);
    const existing = fits ? there : undefined;
    const place = usable ?? to;
    if (kind === 'directory') this.#folders.set(path, { path: place, isThere: existing !== undefined });
    this.#items.push({ kind, from, to: place, stats, ...(existing && { existing }) });
  }

  plan(): CopyPlan {
    const files = this.#items.filter(({ kind }) => kind === 'file');
    const growth = files.map(({ stats, existing }) => roundToBlock(stats.size) - (existing?.size ?? 0));
    // A file that is replaced is there twice for a moment.
    const twice = files.filter(({ existing }) => existing !== undefined).map(({ stats }) => stats.size);
    return {
      items: this.#items,
      inTheWay: this.#inTheWay,
      leftOut: this.#leftOut,
      neededBytes: growth.reduce((sum, part) => sum + Math.max(0, part), Math.max(0, ...twice)),
    };
  }

  async #usableFolder(path: string, there: Stats | undefined): Promise<string | undefined> {
    if (there === undefined || there.isDirectory()) return path;
    if (!there.isSymbolicLink()) return undefined;
    const target = await pathInside(this.#root, relative(this.#root, path));
    return (await stat(target).catch(() => undefined))?.isDirectory() ? target : undefined;
  }
}
