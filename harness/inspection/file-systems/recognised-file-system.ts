import type { Finding } from '../finding.ts';
import type { DiskPartition } from '../place.ts';

export type FileSystemType =
  | 'ext2'
  | 'ext3'
  | 'ext4'
  | 'fat12'
  | 'fat16'
  | 'fat32'
  | 'exfat'
  | 'ntfs'
  | 'squashfs'
  | 'erofs'
  | 'xfs'
  | 'btrfs'
  | 'f2fs'
  | 'iso9660'
  | 'swap'
  | 'luks1'
  | 'luks2'
  | 'lvm2'
  | 'md-raid'
  /** Nothing but zeros where a file system would begin and end. */
  | 'empty'
  /** Something that none of the parsers knows. */
  | 'unknown';

/** What lies in a partition, by its superblock. Texts from the disk are printable already. */
export interface RecognisedFileSystem {
  partition: DiskPartition;
  type: FileSystemType;
  /** As blkid and udev write it; of FAT and NTFS the volume's serial number. */
  uuid?: string;
  label?: string;
  /** What the superblock says, the whole file system. */
  sizeBytes?: number;
  blockBytes?: number;
  /** Features that matter for who may read it: `has_journal`, `encrypt`, `zstd`, … */
  features: readonly string[];
  /** `clean`, or what keeps it from being so; undefined where the superblock does not say. */
  state?: FileSystemState;
  /** Whatever else is to be known: `last mounted on` → `/`, `mounts` → `12`. */
  facts: ReadonlyMap<string, string>;
  findings: readonly Finding[];
}

export type FileSystemState =
  | 'clean'
  /** It was mounted for writing when the image was taken, or the machine was not shut down. */
  | 'in-use'
  /** The file system itself has noted errors. */
  | 'has-errors'
  /** A swap area that holds the memory of a machine that sleeps. */
  | 'hibernated';
