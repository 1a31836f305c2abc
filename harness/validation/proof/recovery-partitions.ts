import {
  DiskBudget,
  type FileTree,
  openFileTree,
  recogniseFileSystem,
} from '../../inspection/file-systems/index.ts';
import { ImageSource } from '../../inspection/image-source.ts';
import { readPartitions } from '../../inspection/partition-tables/index.ts';
import type { DiskProfile } from '../profile/disk-profile.ts';

/** A partition that damage can be done to. */
export interface DamagedPartition {
  /** As the kernel counts: logical drives from 5. */
  number: number;
  /** What the profile calls it. */
  role?: string;
  /** What lies in it: `ext4`, `squashfs`. */
  fileSystem: string;
  /** Where files are asked for and can be read. */
  files?: Pick<FileTree, 'nodes' | 'wasCut'>;
}

/**
 * The partitions of a disk that damage can be done to, with the roles that the profile gives them: those of its MBR, logical drives too, or GPT.
 *
 * @param withFiles Whether what lies in them is read, too.
 */
export async function readDamagedPartitions(
  imagePath: string,
  { partitions: named }: Pick<DiskProfile, 'partitions'>,
  { withFiles }: { withFiles: boolean },
): Promise<DamagedPartition[]> {
  await using source = await ImageSource.open(imagePath);
  const { partitions } = await readPartitions(source);
  const budget = new DiskBudget();
  const found: DamagedPartition[] = [];
  for (const partition of partitions) {
    const { number, kind, sizeBytes } = partition;
    if (kind === 'extended' || kind === 'whole-disk' || sizeBytes === 0) continue;
    const role = named.find((one) => one.number === number)?.role;
    const recognised = await recogniseFileSystem(source, partition);
    const { tree } = withFiles ? await openFileTree(source, recognised, undefined, budget) : {};
    found.push({
      ...{ number, fileSystem: recognised.type },
      ...(role === undefined ? {} : { role }),
      ...(tree === undefined ? {} : { files: tree }),
    });
  }
  return found;
}

/** Why the content of a file cannot be damaged; undefined where it can, or nobody can say so from here. */
export function whyNotDamaged({ files }: DamagedPartition, path: string): string | undefined {
  const node = files?.nodes.get(path);
  if (files === undefined || (node === undefined && (files.wasCut || leadsThroughLink(files.nodes, path))))
    return undefined;
  if (node === undefined) return 'it is not there';
  if (node.kind !== 'file')
    return `it is no file, but ${node.kind === 'folder' ? 'a folder' : `of the kind ${node.kind}`}`;
  return node.sizeBytes === 0 ? 'it is empty' : undefined;
}

function leadsThroughLink(nodes: FileTree['nodes'], path: string): boolean {
  const parts = path.split('/');
  return parts.some((_, index) => nodes.get(parts.slice(0, index).join('/'))?.kind === 'link');
}

/** As errors name what there is: `root (2, ext4), 3 (squashfs)`. */
export function partitionsText(partitions: readonly DamagedPartition[]): string {
  const texts = partitions.map(({ number, role, fileSystem }) =>
    role === undefined ? `${number} (${fileSystem})` : `${role} (${number}, ${fileSystem})`,
  );
  return texts.join(', ') || 'none';
}
