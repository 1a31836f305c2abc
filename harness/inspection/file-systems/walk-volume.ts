import type { ByteRange } from '../finding.ts';
import type { DiskBudget } from './disk-budget.ts';
import type { FileTree, TreeNode } from './file-tree.ts';
import { largestWalkBytes, longestPath, mostDamages, type TreeLimits } from './limits.ts';
import type { Volume, VolumeEntry } from './volume.ts';

/**
 * Reads every folder of a volume, level by level. A folder is entered once, so that a tree that leads back to itself has an end, too.
 *
 * @param budget Characters of paths are taken from it.
 * @returns Also what was wrong in it, in words.
 * @throws the signal's reason.
 */
export async function walkVolume(
  volume: Volume,
  limits: TreeLimits,
  budget: DiskBudget,
): Promise<{ tree?: FileTree; damages: string[] }> {
  const root = await volume.root();
  if (root === undefined) return { damages: ['the root folder cannot be read'] };
  const walk = new Walk(root, budget);
  let level = ['/'];
  for (let depth = 0; level.length > 0 && depth < limits.depth; depth += 1) {
    const next: string[] = [];
    for (const path of level) {
      budget.signal?.throwIfAborted();
      if (walk.isFull || volume.bytesRead() > largestWalkBytes) return walk.result(volume, true);
      const folder = await volume.list(walk.handles.get(path)!, limits.entries - walk.nodes.size);
      walk.note(folder.damages, path);
      next.push(...walk.add(folder.entries, path, limits.entries));
    }
    level = next;
  }
  const { wasCut } = walk;
  return walk.result(volume, wasCut || level.length > 0 || volume.bytesRead() > largestWalkBytes);
}

class Walk {
  readonly handles = new Map<string, number>();
  readonly nodes = new Map<string, TreeNode>();
  readonly #entered = new Set<number>();
  readonly #damages: string[] = [];
  readonly #budget: DiskBudget;
  /** Something was left out. */
  wasCut = false;
  /** There is no room for more of them. */
  isFull = false;

  constructor(root: VolumeEntry, budget: DiskBudget) {
    this.#budget = budget;
    this.handles.set('/', root.handle);
    this.nodes.set('/', { path: '/', ...root.node });
    this.#entered.add(root.handle);
  }

  /** Returns the paths of the folders among them that are yet to be entered. */
  add(found: readonly VolumeEntry[], folder: string, most: number): string[] {
    const folders: string[] = [];
    for (const entry of found) {
      if (this.nodes.size >= most || this.#budget.pathCharacters <= 0) {
        this.wasCut = true;
        this.isFull = true;
        return folders;
      }
      const path = `${folder === '/' ? '' : folder}/${entry.name}`;
      if (path.length > longestPath) {
        this.wasCut = true;
        continue;
      }
      if (this.nodes.has(path)) {
        this.note([`"${entry.name}" twice`], folder);
        continue;
      }
      this.nodes.set(path, { path, ...entry.node });
      this.#budget.pathCharacters -= path.length + (entry.node.target?.length ?? 0);
      this.handles.set(path, entry.handle);
      if (entry.node.kind !== 'folder') continue;
      if (this.#entered.has(entry.handle))
        this.note([`"${entry.name}" is a folder that is elsewhere, too`], folder);
      else folders.push(path);
      this.#entered.add(entry.handle);
    }
    return folders;
  }

  note(damages: readonly string[], folder: string): void {
    for (const damage of damages) {
      if (this.#damages.length < mostDamages) this.#damages.push(`${folder}: ${damage}`);
    }
  }

  result(volume: Volume, wasCut: boolean): { tree: FileTree; damages: string[] } {
    return { tree: new VolumeTree(volume, this, wasCut, this.#budget.signal), damages: this.#damages };
  }
}

class VolumeTree implements FileTree {
  readonly nodes: ReadonlyMap<string, TreeNode>;
  readonly wasCut: boolean;
  readonly #volume: Volume;
  readonly #handles: ReadonlyMap<string, number>;
  readonly #signal: AbortSignal | undefined;

  constructor(
    volume: Volume,
    { handles, nodes }: Pick<Walk, 'handles' | 'nodes'>,
    wasCut: boolean,
    signal: AbortSignal | undefined,
  ) {
    this.#volume = volume;
    this.#signal = signal;
    this.#handles = handles;
    this.nodes = nodes;
    this.wasCut = wasCut;
  }

  async read(path: string, lengthBytes: number): Promise<Buffer | undefined> {
    this.#signal?.throwIfAborted();
    const node = this.nodes.get(path);
    if (node?.kind !== 'file') return undefined;
    const { sizeBytes } = node;
    return await this.#volume.read({ handle: this.#handles.get(path)!, sizeBytes }, lengthBytes);
  }

  async readMany(paths: readonly string[], lengthBytes: number): Promise<Map<string, Buffer>> {
    const contents = new Map<string, Buffer>();
    for (const path of paths) {
      const content = await this.read(path, lengthBytes);
      if (content !== undefined) contents.set(path, content);
    }
    return contents;
  }

  async *contentRanges(path: string, budget: DiskBudget): AsyncGenerator<ByteRange> {
    const node = this.nodes.get(path);
    if (node?.kind !== 'file' || this.#volume.contentRanges === undefined) return;
    const { sizeBytes } = node;
    yield* this.#volume.contentRanges({ handle: this.#handles.get(path)!, sizeBytes }, budget);
  }

  async *journalRanges(budget: DiskBudget): AsyncGenerator<ByteRange> {
    if (this.#volume.journalRanges !== undefined) yield* this.#volume.journalRanges(budget);
  }
}
