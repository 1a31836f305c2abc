import type { FileTree } from '../file-systems/file-tree.ts';
import type { RecognisedFileSystem } from '../file-systems/recognised-file-system.ts';
import type { DiskPartition } from '../place.ts';

/** Something that takes part in starting the disk. */
export interface BootLoader {
  /** `GRUB`, `syslinux`, `systemd-boot`, `unknown code`, … */
  name: string;
  /** What starts it: a BIOS, UEFI, the board's own ROM; or it is only a state that a loader keeps. */
  firmware: 'bios' | 'uefi' | 'board' | 'state';
  /** For people: `sector 0`, `partition 1, /EFI/BOOT/BOOTX64.EFI`. */
  where: string;
  /** Whatever else is to be known: versions, settings, counters. */
  facts: ReadonlyMap<string, string>;
}

/** A partition with what was recognised in it. */
export interface BootSystem {
  partition: DiskPartition;
  fileSystem: RecognisedFileSystem;
  tree?: FileTree;
}

/** What is needed of the reading of a partition table. */
export interface BootPartitions {
  table: 'mbr' | 'gpt' | 'none';
  partitions: readonly DiskPartition[];
}
