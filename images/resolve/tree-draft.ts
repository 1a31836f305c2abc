import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { imagesErrors } from '../errors.ts';

/** What lies at a path of a tree, and which component put it there. */
export type TreeNode = { component: string; mode: number } & (
  | { kind: 'directory' }
  | { kind: 'file'; hostPath: string }
  | { kind: 'file'; content: Buffer }
  | { kind: 'symlink'; target: string }
  | { kind: 'device'; deviceType: 'character' | 'block'; major: number; minor: number }
);

/** A tree while components are put into it. It refuses two different things at one path. */
export class TreeDraft {
  readonly #nodes = new Map<string, TreeNode>();
  readonly #replacedBy = new Map<string, string>();

  /** Says, before anything is added, that only `component` may put something at this path. */
  reserve(path: string, component: string): void {
    this.#replacedBy.set(path, component);
  }

  /** @throws IMAGES_FILE_CONFLICT. */
  async add(path: string, node: TreeNode): Promise<void> {
    const owner = this.#replacedBy.get(path);
    if (owner !== undefined && owner !== node.component) return;
    const present = this.#nodes.get(path);
    if (
      present === undefined ||
      (present.kind === 'directory' && node.kind === 'directory' && node.mode !== 0o755)
    ) {
      this.#nodes.set(path, node);
    } else if (!(await sameNode(present, node))) {
      throw imagesErrors.IMAGES_FILE_CONFLICT({
        tried: `put ${path} from component ${node.component}`,
        where: path,
        got: `component ${present.component} has put something else there`,
      });
    }
  }

  get(path: string): TreeNode | undefined {
    return this.#nodes.get(path);
  }

  /** The nodes that lie there now, in the order in which they came. */
  entries(): [string, TreeNode][] {
    return [...this.#nodes];
  }

  /**
   * All nodes sorted by path, with the parent folders that nobody named.
   *
   * @throws IMAGES_FILE_CONFLICT when something lies below what is no folder.
   */
  finished(): [string, TreeNode][] {
    const all = new Map(this.#nodes);
    for (const [path, node] of this.#nodes) {
      for (let folder = posix.dirname(path); folder !== '/'; folder = posix.dirname(folder)) {
        const parent = all.get(folder);
        if (parent !== undefined && parent.kind !== 'directory') throw notAFolder(path, node, folder, parent);
        if (parent === undefined)
          all.set(folder, { kind: 'directory', mode: 0o755, component: node.component });
      }
    }
    return [...all].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

function notAFolder(path: string, node: TreeNode, folder: string, parent: TreeNode): Error {
  return imagesErrors.IMAGES_FILE_CONFLICT({
    tried: `put ${path} from component ${node.component}`,
    where: folder,
    got: `a ${parent.kind} of component ${parent.component}`,
    remedy: 'write the path behind the link: /usr/bin instead of /bin',
  });
}

async function sameNode(one: TreeNode, other: TreeNode): Promise<boolean> {
  if (one.kind !== other.kind) return false;
  if (one.kind === 'file' && other.kind === 'file') {
    if (one.mode !== other.mode) return false;
    if ('hostPath' in one && 'hostPath' in other && one.hostPath === other.hostPath) return true;
    return (await nodeContent(one)).equals(await nodeContent(other));
  }
  if (one.kind === 'symlink' && other.kind === 'symlink') return one.target === other.target;
  if (one.kind === 'device' && other.kind === 'device') {
    return one.deviceType === other.deviceType && one.major === other.major && one.minor === other.minor;
  }
  return true;
}

/** The bytes of a file of a tree. */
export async function nodeContent(node: TreeNode & { kind: 'file' }): Promise<Buffer> {
  return 'hostPath' in node ? readFile(node.hostPath) : node.content;
}
