import type { ByteRange, Finding } from '../finding.ts';
import type { ImageSource } from '../image-source.ts';
import type { DiskPartition } from '../place.ts';

/** What is read from: an image, or in tests a buffer. */
export type PartitionSource = Pick<ImageSource, 'sizeBytes' | 'read'>;

/** How a disk is divided, and what is wrong with that. */
export interface PartitionReading {
  table: 'mbr' | 'gpt' | 'none';
  /** What the table counts in: 512, or 4096 of a GPT whose header lies at byte 4096. */
  sectorBytes: number;
  /** MBR: `0x8c255309`; GPT: the disk's GUID in small letters; empty for none. */
  diskId: string;
  /** In the table's order; what overlaps is listed too. At most `mostPartitions` of limits.ts. */
  partitions: DiskPartition[];
  /** What lies outside of partitions and of the table's own sectors, in order: boot code, gaps, holes, the end. */
  unpartitioned: ByteRange[];
  findings: Finding[];
}

/** A partition as its table claims it; nothing of it is believed yet. */
export interface ClaimedPartition {
  number: number;
  kind: 'primary' | 'extended' | 'logical' | 'gpt';
  /** From the beginning of the disk. */
  startBytes: bigint;
  /** The first byte behind it. */
  endBytes: bigint;
  type: string;
  typeName?: string;
  uniqueId?: string;
  name?: string;
  isActive: boolean;
}

/** What one kind of table said. */
export interface TableClaims {
  table: 'mbr' | 'gpt';
  sectorBytes: number;
  diskId: string;
  partitions: ClaimedPartition[];
  /** The table's own bytes. */
  tableRanges: ByteRange[];
}
