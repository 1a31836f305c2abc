import { createHash, type Hash, webcrypto } from 'node:crypto';
import { digestBlockBytes, diskDigestFormat } from './disk-digest-format.ts';
import type { PassObserver } from './read-once.ts';

/** The name of a disk's content. */
export interface DiskDigestResult {
  format: typeof diskDigestFormat;
  /** Hexadecimal, 64 characters. */
  digest: string;
  sizeBytes: number;
  /** How many blocks hold a byte that is not zero. */
  dataBlocks: number;
}

interface HashedBlock {
  index: number;
  hash: Promise<ArrayBuffer>;
}

const zeros = Buffer.alloc(digestBlockBytes);
/** Copies of so many blocks wait for a thread at most: 2 MiB. */
const mostWaitingBlocks = 32;

/**
 * Makes the digest that names a disk in certificates, `assay-disk-1` (see {@link diskDigestFormat}), as an observer of
 * the one pass. Blocks are hashed in Node's pool of threads, while the pass goes on.
 */
export class DiskDigest implements PassObserver {
  readonly #sizeBytes: number;
  readonly #outer: Hash;
  /** In the order of their places. */
  readonly #waiting: HashedBlock[] = [];
  /** The beginning of a block whose end has not come yet. */
  readonly #begun = Buffer.alloc(digestBlockBytes);
  #atBytes = 0;
  #dataBlocks = 0;

  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes;
    this.#outer = createHash('sha256').update(`${diskDigestFormat} ${sizeBytes}\n`);
  }

  async onData(offsetBytes: number, bytes: Buffer): Promise<void> {
    this.#assertNext(offsetBytes);
    for (let done = 0; done < bytes.length; ) {
      const inBlock = this.#atBytes % digestBlockBytes;
      const lengthBytes = Math.min(this.#blockEnd() - this.#atBytes, bytes.length - done);
      const part = bytes.subarray(done, done + lengthBytes);
      done += lengthBytes;
      const isWhole = inBlock === 0 && this.#atBytes + lengthBytes === this.#blockEnd();
      if (isWhole) await this.#addBlock(part);
      else await this.#addPart(part, inBlock);
    }
  }

  async onHole(offsetBytes: number, lengthBytes: number): Promise<void> {
    this.#assertNext(offsetBytes);
    const endBytes = offsetBytes + lengthBytes;
    if (this.#atBytes % digestBlockBytes !== 0) {
      const inBlock = this.#atBytes % digestBlockBytes;
      const rest = Math.min(this.#blockEnd(), endBytes) - this.#atBytes;
      await this.#addPart(zeros.subarray(0, rest), inBlock);
    }
    if (this.#atBytes === endBytes) return;
    // Blocks of zeros are not listed. Of the last one, what follows may be data.
    this.#begun.fill(0, 0, endBytes % digestBlockBytes);
    this.#atBytes = endBytes;
  }

  /** After the pass. @throws RangeError when it did not reach the end of the disk. */
  async finish(): Promise<DiskDigestResult> {
    this.#assertNext(this.#sizeBytes);
    while (this.#waiting.length > 0) await this.#listOldest();
    return {
      format: diskDigestFormat,
      digest: this.#outer.digest('hex'),
      sizeBytes: this.#sizeBytes,
      dataBlocks: this.#dataBlocks,
    };
  }

  #blockEnd(): number {
    const end = this.#atBytes - (this.#atBytes % digestBlockBytes) + digestBlockBytes;
    return Math.min(end, this.#sizeBytes);
  }

  async #addPart(part: Buffer, inBlock: number): Promise<void> {
    part.copy(this.#begun, inBlock);
    const isComplete = this.#atBytes + part.length === this.#blockEnd();
    if (isComplete) await this.#addBlock(this.#begun.subarray(0, inBlock + part.length), part.length);
    else this.#atBytes += part.length;
  }

  /** @param newBytes Of the block: its end, when the beginning was there before. */
  async #addBlock(block: Buffer, newBytes = block.length): Promise<void> {
    const index = Math.floor(this.#atBytes / digestBlockBytes);
    this.#atBytes += newBytes;
    // memcmp ends at the first byte that differs: of most data that is at once.
    if (block.compare(zeros, 0, block.length) === 0) return;
    this.#dataBlocks += 1;
    // The bytes are copied before this returns (Web Cryptography API, 14.3.5): the buffer is free for the next piece.
    this.#waiting.push({ index, hash: webcrypto.subtle.digest('SHA-256', block as Buffer<ArrayBuffer>) });
    if (this.#waiting.length >= mostWaitingBlocks) await this.#listOldest();
  }

  async #listOldest(): Promise<void> {
    const { index, hash } = this.#waiting.shift()!;
    this.#outer.update(`${index} ${Buffer.from(await hash).toString('hex')}\n`);
  }

  #assertNext(offsetBytes: number): void {
    if (offsetBytes === this.#atBytes) return;
    throw new RangeError(`the digest is at ${this.#atBytes}, and the pass went on at ${offsetBytes}`);
  }
}
