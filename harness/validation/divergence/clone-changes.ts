import type { ByteRange } from '../../inspection/finding.ts';
import type { ChangedBlocks } from './changed-blocks.ts';
import type { SecretLikeness } from './secret-likeness.ts';

/** What one clone has changed since it was the master, without any of its content. */
export interface CloneChanges {
  name: string;
  /** What a block of {@link ChangedBlocks} may belong to: what lies outside of partitions is the first. */
  places: readonly string[];
  blocks: ChangedBlocks;
  /** Whole sectors outside of partitions, in order. */
  outside: ByteRange[];
  /** In no order. */
  files: ChangedFile[];
  /** What is not told, in words: `partition 3: xfs is not read here`. */
  missing: string[];
  /** Partitions whose file system was not closed when the clone was off. */
  inUse: string[];
}

export interface ChangedFile {
  /** `partition 2, /etc/machine-id`. */
  where: string;
  how: 'made' | 'changed' | 'removed';
  kind: 'file' | 'folder' | 'link' | 'other';
  /** Of what the clone has; of what was removed, of the master's. */
  sizeBytes: number;
  /** SHA-256, of a link's target too; left out where there is no content, and where not all of it was read. */
  sha256?: string;
  /** Bits a byte, of its beginning; left out where it is too short to say. */
  entropyBits?: number;
  likeness?: SecretLikeness;
}
