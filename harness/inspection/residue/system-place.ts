import { posix } from 'node:path';
import type { TreeNode } from '../file-systems/file-tree.ts';
import type { DiskPartition } from '../place.ts';
import type { IndexedTree } from './indexed-tree.ts';
import { matchesName, type PatternStep } from './path-pattern.ts';
import { mostLinkHops } from './residue-limits.ts';

/** Where a folder of a partition is in the running system: the root of partition 3 at `/var`. */
export class SystemPlace {
  readonly partition: DiskPartition;
  readonly index: IndexedTree;
  /** In the partition; empty for its root. */
  readonly folder: string;
  /** In the running system; empty for its root. */
  readonly mount: string;

  constructor(partition: DiskPartition, index: IndexedTree, folder = '', mount = '') {
    this.partition = partition;
    this.index = index;
    this.folder = folder;
    this.mount = mount;
  }

  /** Whether it is the root of a system: it has /etc with something in it. */
  isSystem(): boolean {
    return this.index.entries(`${this.folder}/etc`).length > 0 && this.mount === '';
  }

  /** The path in the partition of a path of the running system; undefined when it lies elsewhere. */
  inTree(systemPath: string): string | undefined {
    if (systemPath !== this.mount && !systemPath.startsWith(`${this.mount}/`)) return undefined;
    return this.folder + systemPath.slice(this.mount.length) || '/';
  }

  /** The path in the running system of a path in the partition. */
  inSystem(treePath: string): string {
    const below = treePath.slice(this.folder.length);
    return this.mount + (below === '/' ? '' : below) || '/';
  }

  /** What a pattern of the running system's paths matches here. */
  find(steps: readonly PatternStep[], ignoresCase = this.index.ignoresCase): TreeNode[] {
    const below = this.#stepsBelowMount(steps);
    if (below === undefined || below.length === 0) return [];
    return this.index.find(this.folder || '/', below, ignoresCase, (link) => this.follow(link)?.node);
  }

  /**
   * What a link leads to, over other links too. Without a node when that is not in this partition, or not there.
   *
   * Links among the folders on the way are not followed: a link is only ever resolved by its own text.
   */
  follow(link: TreeNode): { systemPath: string; node?: TreeNode } | undefined {
    let node: TreeNode | undefined = link;
    let systemPath = this.inSystem(link.path);
    for (let hop = 0; hop < mostLinkHops && node?.kind === 'link'; hop += 1) {
      systemPath = posix.resolve(posix.dirname(systemPath), node.target ?? '');
      const treePath = this.inTree(systemPath);
      node = treePath === undefined ? undefined : this.index.node(treePath);
    }
    if (node?.kind === 'link') return undefined;
    return { systemPath, ...(node === undefined ? {} : { node }) };
  }

  #stepsBelowMount(steps: readonly PatternStep[]): readonly PatternStep[] | undefined {
    const mountNames = this.mount.split('/').slice(1);
    for (const [index, name] of mountNames.entries()) {
      const step = steps[index];
      if (step === undefined) return undefined;
      if (step.kind === 'folders') return steps.slice(index);
      if (step.kind === 'name' ? step.text !== name : !matchesName(step.text, name, false)) return undefined;
    }
    return steps.slice(mountNames.length);
  }
}
