import { posix } from 'node:path';
import type { FileTree, TreeNode } from '../file-systems/file-tree.ts';
import { matchesName, type PatternStep } from './path-pattern.ts';

/** A tree in which the entries of a folder can be found without looking at all others. */
export class IndexedTree {
  readonly tree: FileTree;
  /** FAT has no permissions, and takes `A` and `a` for the same. */
  readonly ignoresCase: boolean;
  readonly #entries = new Map<string, TreeNode[]>();

  constructor(tree: FileTree) {
    this.tree = tree;
    this.ignoresCase = tree.nodes.get('/')?.mode === null;
    for (const node of tree.nodes.values()) {
      if (node.path === '/') continue;
      const folder = posix.dirname(node.path);
      const entries = this.#entries.get(folder);
      if (entries === undefined) this.#entries.set(folder, [node]);
      else entries.push(node);
    }
  }

  node(path: string): TreeNode | undefined {
    return this.tree.nodes.get(path);
  }

  entries(folder: string): readonly TreeNode[] {
    return this.#entries.get(folder) ?? [];
  }

  /** Everything below a folder; links are not followed. */
  *below(folder: string): Generator<TreeNode> {
    const folders = [folder];
    for (let place = folders.pop(); place !== undefined; place = folders.pop()) {
      for (const node of this.entries(place)) {
        yield node;
        if (node.kind === 'folder') folders.push(node.path);
      }
    }
  }

  /**
   * What the steps lead to from a folder, each once. The work is bounded by the steps and the size of the tree.
   *
   * @param follow Gives the folder that a link leads to, so that /var/log may be a link; the last step's links stay links.
   */
  find(
    folder: string,
    steps: readonly PatternStep[],
    ignoresCase: boolean,
    follow: (link: TreeNode) => TreeNode | undefined,
  ): TreeNode[] {
    let folders = new Set([folder]);
    for (const step of steps.slice(0, -1)) {
      const next = new Set<string>();
      for (const place of folders) {
        if (step.kind === 'folders') next.add(place);
        for (const node of this.#step(place, step, ignoresCase)) {
          const reached = node.kind === 'link' && step.kind !== 'folders' ? follow(node) : node;
          if (reached?.kind === 'folder') next.add(reached.path);
        }
      }
      folders = next;
    }
    const found = new Set<TreeNode>();
    for (const place of folders) {
      for (const node of this.#step(place, steps.at(-1)!, ignoresCase)) found.add(node);
    }
    return [...found];
  }

  *#step(folder: string, step: PatternStep, ignoresCase: boolean): Generator<TreeNode> {
    if (step.kind === 'folders') yield* this.below(folder);
    else if (step.kind === 'name' && !ignoresCase) {
      const node = this.node(posix.join(folder, step.text));
      if (node !== undefined) yield node;
    } else {
      const { text, kind } = step;
      for (const node of this.entries(folder)) {
        const name = node.path.slice(node.path.lastIndexOf('/') + 1);
        const isSame = kind === 'name' ? name.toLowerCase() === text.toLowerCase() : undefined;
        if (isSame ?? matchesName(text, name, ignoresCase)) yield node;
      }
    }
  }
}
