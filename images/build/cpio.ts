import { fileTypeBits } from '../../core/factory/file-tree.ts';
import type { TreeNode } from '../resolve/tree-draft.ts';
import { nodeContent } from '../resolve/tree-draft.ts';

/**
 * Writes a tree as a cpio archive of the "newc" format that the kernel unpacks (Documentation/driver-api/
 * early-userspace/buffer-format.rst). Inode numbers count up, times are zero, owners are root, so that the same
 * tree gives the same bytes. Device nodes need no root here.
 *
 * @param nodes Sorted by path, parents before children.
 */
export async function writeCpio(nodes: readonly [string, TreeNode][]): Promise<Buffer> {
  const parts: Buffer[] = [];
  let inode = 1;
  for (const [path, node] of nodes) {
    parts.push(...record(path.slice(1), inode, node, await contentOf(node)));
    inode += 1;
  }
  parts.push(...record('TRAILER!!!', 0, undefined, Buffer.alloc(0)));
  return Buffer.concat(parts);
}

async function contentOf(node: TreeNode): Promise<Buffer> {
  if (node.kind === 'file') return nodeContent(node);
  return Buffer.from(node.kind === 'symlink' ? node.target : '');
}

function record(name: string, inode: number, node: TreeNode | undefined, content: Buffer): Buffer[] {
  const device = node?.kind === 'device' ? node : undefined;
  const fields = [
    inode,
    node === undefined
      ? 0
      : node.mode | fileTypeBits[device?.deviceType ?? (node.kind as keyof typeof fileTypeBits)],
    0, // user
    0, // group
    node?.kind === 'directory' ? 2 : 1,
    0, // modification time
    content.length,
    0, // device that holds the file, major and minor
    0,
    device?.major ?? 0,
    device?.minor ?? 0,
    Buffer.byteLength(name) + 1,
    0, // checksum, unused in this format
  ];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`;
  return [paddedTo4(Buffer.from(header)), paddedTo4(content)];
}

function paddedTo4(bytes: Buffer): Buffer {
  const excess = bytes.length % 4;
  return excess === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(4 - excess)]);
}
