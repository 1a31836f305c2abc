import type { FileTree } from '../file-systems/file-tree.ts';
import type { DiskPartition } from '../place.ts';

/** A file system in which residue is looked for. */
export interface ResidueSystem {
  partition: DiskPartition;
  tree: FileTree;
  /** Where they are known: a fstab of another partition then tells where this one has its place. */
  fileSystem?: { uuid?: string; label?: string };
}
