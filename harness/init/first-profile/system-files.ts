import { posix } from 'node:path';
import type { FileTree, TreeNode } from '../../inspection/file-systems/index.ts';
import type { DiskPartition } from '../../inspection/place.ts';
import { IndexedTree } from '../../inspection/residue/indexed-tree.ts';

/** More links on one way are a loop. */
const mostLinkHops = 40;
const usualBytes = 64 * 1024;

/** The files of a system that is not running, by the paths that it would have; links are followed within its file system. */
export class SystemFiles {
  readonly partition: DiskPartition;
  readonly #index: IndexedTree;

  constructor(partition: DiskPartition, tree: FileTree) {
    this.partition = partition;
    this.#index = new IndexedTree(tree);
  }

  /** Whether it is what a kernel would take for its root. */
  isSystem(): boolean {
    const marks = ['/etc/os-release', '/usr/lib/os-release', '/etc/fstab', '/etc/inittab', '/etc/passwd'];
    return marks.some((path) => this.find(path)?.kind === 'file') || this.find('/sbin/init') !== undefined;
  }

  /** Undefined where nothing is there, or a link leads to nothing or out of the file system. */
  find(path: string): TreeNode | undefined {
    let left = namesOf(path);
    let folder = '';
    for (let hops = 0; ; ) {
      const [name, ...rest] = left;
      if (name === undefined) return this.#index.node(folder || '/');
      left = rest;
      if (name === '..') {
        folder = posix.dirname(folder || '/').replace(/^\/$/, '');
        continue;
      }
      const node = this.#index.node(`${folder}/${name}`);
      if (node === undefined) return undefined;
      if (node.kind !== 'link') {
        folder = node.path;
        continue;
      }
      hops += 1;
      if (hops > mostLinkHops) return undefined;
      const target = node.target ?? '';
      if (target.startsWith('/')) folder = '';
      left = [...namesOf(target), ...left];
    }
  }

  /** The names in a folder, links among them; none where there is no such folder. */
  names(folder: string): string[] {
    return this.entries(folder).map(({ path }) => posix.basename(path));
  }

  /** What is in a folder. */
  entries(folder: string): readonly TreeNode[] {
    const node = this.find(folder);
    return node?.kind === 'folder' ? this.#index.entries(node.path) : [];
  }

  /** The beginning of a file; undefined where there is none. */
  async text(path: string, lengthBytes = usualBytes): Promise<string | undefined> {
    const node = this.find(path);
    if (node?.kind !== 'file') return undefined;
    return (await this.#index.tree.read(node.path, lengthBytes))?.toString('utf8');
  }
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
