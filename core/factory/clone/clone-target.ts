import type { ReadBack } from './direct-file.ts';
import type { MasterDisk } from './master-disk.ts';

/** `reflink`: the file system shares the master's blocks; `copy`: bytes were written. */
export type CloneMethod = 'reflink' | 'copy';

/**
 * One disk to be written. It becomes a clone by `commit` alone: until then a file has another name, and a device no
 * boot record, so that whatever ends the work leaves nothing that could be taken for a clone.
 */
export interface CloneTarget {
  readonly path: string;
  readonly kind: 'file' | 'device';
  /** Everything in it reads as zero before the first write, so zeros need not be written. */
  readonly isFresh: boolean;
  readonly method: CloneMethod;
  readonly readBack: ReadBack;
  /** The first block is written by `commit`; `write` and `read` are not asked for it. */
  readonly keepsFirstBlockForLast: boolean;
  /** The first write to it. Where it can take all of the master at once, it does, and is of method `reflink`. */
  begin(master: MasterDisk): Promise<void>;
  write(bytes: Buffer, positionBytes: number): Promise<void>;
  /** Fills the buffer as far as the target goes. */
  read(buffer: Buffer, positionBytes: number): Promise<number>;
  /** Afterwards reads come from the disk. */
  sync(): Promise<void>;
  /** @param firstBlock of the master. */
  commit(firstBlock: Buffer, verify: boolean): Promise<void>;
  /**
   * Undoes what was written as far as that can be done; does nothing when it was committed or never begun.
   *
   * @returns what is left, as a sentence.
   */
  abandon(): Promise<string | undefined>;
  close(): Promise<void>;
}
