import type { BufferPool } from './buffer-pool.ts';
import type { ByteStore, KeptBytes } from './byte-store.ts';
import { type DiskImage, stepsOf } from './disk-image.ts';

/** What lay in a part of the disk before a write. */
export interface UndoPiece {
  offsetBytes: number;
  lengthBytes: number;
  before: KeptBytes;
}

/** One write of which nobody knows whether it would have outlived a power cut. */
export interface UnflushedWrite {
  /** The number of the write since power on. */
  number: number;
  offsetBytes: number;
  lengthBytes: number;
  pieces: readonly UndoPiece[];
  isAcknowledged: boolean;
  /** A write that was acknowledged with force unit access outlives the power cut, whatever becomes of the others. */
  isDurable: boolean;
}

/**
 * What a disk with a volatile cache may lose: every write since the last flush, in order, with what it overwrote. A
 * flush vouches for the writes that were acknowledged when it came, and for no other (NBD_CMD_FLUSH, as in SCSI and ATA).
 */
export class UndoJournal {
  readonly #store: ByteStore;
  readonly #pool: BufferPool;
  #writes: UnflushedWrite[] = [];

  constructor(store: ByteStore, pool: BufferPool) {
    this.#store = store;
    this.#pool = pool;
  }

  /** In the order in which they were made. */
  get writes(): readonly UnflushedWrite[] {
    return this.#writes;
  }

  /** To be called before the write is made, and for one write at a time. */
  async record(
    image: DiskImage,
    write: Pick<UnflushedWrite, 'number' | 'offsetBytes' | 'lengthBytes'>,
  ): Promise<UnflushedWrite> {
    const { number, offsetBytes, lengthBytes } = write;
    const pieces: UndoPiece[] = [];
    for (const [at, length] of stepsOf(offsetBytes, lengthBytes)) {
      const bytes = this.#pool.take(length);
      await image.read(bytes, at);
      pieces.push({ offsetBytes: at, lengthBytes: length, before: await this.#store.keep(bytes) });
    }
    const recorded = { number, offsetBytes, lengthBytes, pieces, isAcknowledged: false, isDurable: false };
    this.#writes.push(recorded);
    return recorded;
  }

  /** The client is told that the write is made. */
  acknowledge(write: UnflushedWrite, isForced: boolean): void {
    write.isAcknowledged = true;
    write.isDurable = isForced;
    // What lies before the first write that may be lost needs no undoing.
    const first = this.#writes.findIndex(({ isDurable }) => !isDurable);
    this.#dropFirst(first === -1 ? this.#writes.length : first);
  }

  /** The last write that a flush which comes now vouches for. */
  get lastAcknowledged(): UnflushedWrite | undefined {
    return this.#writes.findLast(({ isAcknowledged }) => isAcknowledged);
  }

  /** The flush is acknowledged: all writes up to this one are durable. */
  flushed(upTo: UnflushedWrite | undefined): void {
    if (upTo !== undefined) this.#dropFirst(this.#writes.indexOf(upTo) + 1);
  }

  /** Forgets everything: what is on the disk is so for good. */
  clear(): void {
    this.#dropFirst(this.#writes.length);
  }

  #dropFirst(count: number): void {
    if (count === 0) return;
    for (const { pieces } of this.#writes.splice(0, count)) {
      for (const { before } of pieces) this.#store.drop(before);
    }
  }
}
