import type { ByteRange, Finding } from '../finding.ts';
import type { ImageSource } from '../image-source.ts';
import { DiskBudget } from './disk-budget.ts';
import { parseExtSuperblock } from './ext-superblock.ts';
import { ExtVolume } from './ext-volume.ts';
import { parseFatBootSector } from './fat-boot-sector.ts';
import { FatVolume } from './fat-volume.ts';
import { fileSystemFinding } from './file-system-finding.ts';
import { type TreeLimits, usualTreeLimits } from './limits.ts';
import { PartitionReader } from './partition-reader.ts';
import type { FileSystemType, RecognisedFileSystem } from './recognised-file-system.ts';
import { openSquashfsTree } from './squashfs-tree.ts';
import type { Volume } from './volume.ts';
import { walkVolume } from './walk-volume.ts';

/** One entry of a file system. */
export interface TreeNode {
  /** From the root of the file system: `/etc/machine-id`; `/` is the root itself. */
  path: string;
  kind: 'file' | 'folder' | 'link' | 'other';
  sizeBytes: number;
  /** Permission bits; null where the file system has none (FAT). */
  mode: number | null;
  uid: number | null;
  modifiedAt: Date | null;
  /** Of a link. */
  target?: string;
  /** Equal for hard links. */
  inode?: number;
}

export interface FileTree {
  /** Every entry, folders before what is in them, at most `limits.entries`; `wasCut` when there are more. */
  readonly nodes: ReadonlyMap<string, TreeNode>;
  readonly wasCut: boolean;
  /** At most `lengthBytes` from the beginning of a file; undefined when it cannot be read. Links are not followed. */
  read(path: string, lengthBytes: number): Promise<Buffer | undefined>;
  /** Reads many at once, with one run of the tool; what cannot be read is left out. */
  readMany(paths: readonly string[], lengthBytes: number): Promise<Map<string, Buffer>>;
  /**
   * Where the content of a file lies, from the beginning of the partition, in no sure order and not behind its end. There is none where files are packed.
   *
   * @param budget Its `mapSteps` are counted down; when they are used up, nothing more comes.
   */
  contentRanges?(path: string, budget: DiskBudget): AsyncGenerator<ByteRange>;
  /** The same of the file system's own journal, which is no file and has old copies of blocks. */
  journalRanges?(budget: DiskBudget): AsyncGenerator<ByteRange>;
}

/**
 * Reads the tree of an ext2/3/4, FAT or squashfs file system; of others there is no tree. ext and FAT are read here, without any tool; squashfs
 * through unsquashfs. Names and targets are printable: what is not in them is written as `\x1b`.
 *
 * @param budget What the whole disk may still take; it is counted down.
 * @throws FOUNDATION_TOOL_MISSING, FOUNDATION_TOOL_FAILED when unsquashfs cannot be started; the signal's reason.
 */
export async function openFileTree(
  source: ImageSource,
  fileSystem: RecognisedFileSystem,
  limits: TreeLimits = usualTreeLimits,
  budget: DiskBudget = new DiskBudget(),
): Promise<{ tree?: FileTree; findings: Finding[] }> {
  const { partition, type, features, findings } = fileSystem;
  if (withoutContent.includes(type)) return { findings: [] };
  // What is wrong has been said.
  if (findings.some(({ kind }) => kind === 'file-system-superblock-damaged')) return { findings: [] };
  const entries = Math.max(1, Math.min(limits.entries, budget.entries));
  // A journal for another file system is an ext without any files.
  const opened = features.includes('journal_dev')
    ? undefined
    : await open(source, fileSystem, { ...limits, entries }, budget);
  budget.entries -= opened?.tree?.nodes.size ?? 0;
  if (opened === undefined) {
    return { findings: [fileSystemFinding('file-system-not-looked-into', partition, type)] };
  }
  const { tree, damages, endedBy } = opened;
  return {
    ...(tree === undefined ? {} : { tree }),
    findings: [
      ...(damages.length === 0
        ? []
        : [fileSystemFinding('file-tree-damaged', partition, damages.slice(0, 10).join('\n'))]),
      ...(tree?.wasCut
        ? [fileSystemFinding('file-tree-cut', partition, `${tree.nodes.size} entries were read`)]
        : []),
      ...(endedBy === undefined || tree?.wasCut
        ? []
        : [fileSystemFinding('file-system-tool-gave-up', partition, `unsquashfs was ended by ${endedBy}`)]),
    ],
  };
}

/** There are no files in these that anybody would miss. */
const withoutContent: readonly FileSystemType[] = ['empty', 'unknown', 'swap'];

interface Opened {
  tree?: FileTree;
  damages: string[];
  endedBy?: string;
}

async function open(
  source: ImageSource,
  { type, partition }: RecognisedFileSystem,
  limits: TreeLimits,
  budget: DiskBudget,
): Promise<Opened | undefined> {
  if (type === 'squashfs') return await openSquashfsTree(source, partition, limits, budget);
  const reader = new PartitionReader(source, partition);
  const volume = await volumeOf(type, reader);
  if (volume === undefined) return undefined;
  const walked = await walkVolume(volume, limits, budget);
  reader.keepLess();
  return walked;
}

async function volumeOf(type: FileSystemType, reader: PartitionReader): Promise<Volume | undefined> {
  if (type.startsWith('ext')) {
    const superblock = parseExtSuperblock(await reader.read(1024, 1024));
    return superblock && new ExtVolume(reader, superblock);
  }
  if (type.startsWith('fat')) {
    const boot = parseFatBootSector(await reader.read(0, 512));
    return boot && new FatVolume(reader, boot);
  }
  return undefined;
}
