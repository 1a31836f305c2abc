import type { ImageSource } from '../image-source.ts';
import type { DiskPartition } from '../place.ts';

const pageBytes = 64 * 1024;
/** 16 MiB. */
const keptPages = 256;
/** 1 MiB: the trees of all partitions stay open at once. */
const keptPagesAfterWalk = 16;

/** Reads a partition, and nothing beside it; what was read last is kept, so that many small reads are few large ones. */
export class PartitionReader {
  readonly sizeBytes: number;
  /** What all reads gave together, also where it was known already. */
  bytesRead = 0;
  readonly #source: ImageSource;
  readonly #offsetBytes: number;
  /** By their number; the one that was used longest ago comes first. */
  readonly #pages = new Map<number, Buffer>();
  #mostPages = keptPages;

  constructor(
    source: ImageSource,
    { offsetBytes, sizeBytes }: Pick<DiskPartition, 'offsetBytes' | 'sizeBytes'>,
  ) {
    this.#source = source;
    this.#offsetBytes = offsetBytes;
    this.sizeBytes = sizeBytes;
  }

  /** A part of it; short, or empty, where the partition ends, and empty for a place that is none (negative, no whole number, absurdly far). */
  async read(offsetBytes: number, lengthBytes: number): Promise<Buffer> {
    if (!Number.isSafeInteger(offsetBytes) || offsetBytes < 0 || offsetBytes >= this.sizeBytes)
      return Buffer.alloc(0);
    const end = Math.min(offsetBytes + lengthBytes, this.sizeBytes);
    const pieces: Buffer[] = [];
    for (let at = offsetBytes; at < end; ) {
      const number = Math.floor(at / pageBytes);
      const page = await this.#page(number);
      const piece = page.subarray(at - number * pageBytes, end - number * pageBytes);
      if (piece.length === 0) break;
      pieces.push(piece);
      at += piece.length;
      this.bytesRead += piece.length;
    }
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  /** Most of what is kept is not needed any more, nor will so much be kept again. */
  keepLess(): void {
    this.#mostPages = keptPagesAfterWalk;
    for (const number of [...this.#pages.keys()].slice(0, -keptPagesAfterWalk)) this.#pages.delete(number);
  }

  async #page(number: number): Promise<Buffer> {
    const known = this.#pages.get(number);
    this.#pages.delete(number);
    const start = number * pageBytes;
    const lengthBytes = Math.min(pageBytes, this.sizeBytes - start);
    const page = known ?? (await this.#source.read(this.#offsetBytes + start, lengthBytes));
    this.#pages.set(number, page);
    const [oldest] = this.#pages.keys();
    if (this.#pages.size > this.#mostPages && oldest !== undefined) this.#pages.delete(oldest);
    return page;
  }
}
