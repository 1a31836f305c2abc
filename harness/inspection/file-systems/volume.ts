import type { ByteRange } from '../finding.ts';
import type { DiskBudget } from './disk-budget.ts';
import type { TreeNode } from './file-tree.ts';

/** An entry of a folder. */
export interface VolumeEntry {
  /** Printable, never empty, without a slash. */
  name: string;
  node: Omit<TreeNode, 'path'>;
  /** How the volume finds it again, whatever its name is: the inode, or the first cluster. Equal for the same folder. */
  handle: number;
}

export interface VolumeFolder {
  entries: VolumeEntry[];
  /** What was wrong in it, in words. */
  damages: string[];
}

/** What has to be kept of a file to read it later; half a million of them are. */
export interface VolumeFile {
  handle: number;
  sizeBytes: number;
}

/** A file system that can be read; whatever the disk says, every call comes to an end, reads only within the partition, and throws nothing of its own. */
export interface Volume {
  root(): Promise<VolumeEntry | undefined>;
  /**
   * @param handle Of a folder.
   * @param most So many entries are read; one more says that there are more.
   */
  list(handle: number, most: number): Promise<VolumeFolder>;
  /** Since it was opened, by all calls together. */
  bytesRead(): number;
  /** The beginning of a file; undefined when it cannot be read. */
  read(file: VolumeFile, lengthBytes: number): Promise<Buffer | undefined>;
  /** As {@link FileTree.contentRanges}. */
  contentRanges?(file: VolumeFile, budget: DiskBudget): AsyncGenerator<ByteRange>;
  /** As {@link FileTree.journalRanges}. */
  journalRanges?(budget: DiskBudget): AsyncGenerator<ByteRange>;
}
