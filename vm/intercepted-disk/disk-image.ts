import { readSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { BufferPool } from './buffer-pool.ts';

/** What is handled at a time where a request is long. */
export const stepBytes = 1024 * 1024;
const zeros = Buffer.alloc(stepBytes);
/**
 * Up to here the runner reads and writes by itself: the page cache answers in microseconds, where the way through
 * Node's threads and back takes longer than all the rest of a request.
 */
const maxDirectBytes = 64 * 1024;

/** The file behind a disk, read and written at offsets. */
export class DiskImage {
  readonly sizeBytes: number;
  readonly #file: FileHandle;
  readonly #pool: BufferPool;

  private constructor(file: FileHandle, sizeBytes: number, pool: BufferPool) {
    this.#file = file;
    this.sizeBytes = sizeBytes;
    this.#pool = pool;
  }

  static async open(path: string, pool: BufferPool): Promise<DiskImage> {
    const file = await open(path, 'r+');
    return new DiskImage(file, (await file.stat()).size, pool);
  }

  /** Fills `target`; what lies behind the end of the file is zeros. */
  async read(target: Buffer, offsetBytes: number): Promise<void> {
    await readWhole(this.#file, target, offsetBytes);
  }

  async write(bytes: Buffer, offsetBytes: number): Promise<void> {
    await writeWhole(this.#file, bytes, offsetBytes);
  }

  /** Zeros, written only where something else is: what is a hole stays one. */
  async zero(offsetBytes: number, lengthBytes: number): Promise<void> {
    for (const [at, length] of stepsOf(offsetBytes, lengthBytes)) {
      const now = this.#pool.take(length);
      await this.read(now, at);
      if (!isZero(now)) await this.write(zeros.subarray(0, length), at);
      this.#pool.giveBack(now);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

/** A long range in steps: offset and length of each. */
export function* stepsOf(offsetBytes: number, lengthBytes: number): Iterable<[number, number]> {
  for (let at = 0; at < lengthBytes; at += stepBytes) {
    yield [offsetBytes + at, Math.min(stepBytes, lengthBytes - at)];
  }
}

export function isZero(bytes: Buffer): boolean {
  for (const [at, length] of stepsOf(0, bytes.length)) {
    if (bytes.compare(zeros, 0, length, at, at + length) !== 0) return false;
  }
  return true;
}

export async function readWhole(file: FileHandle, target: Buffer, offsetBytes: number): Promise<void> {
  let filled = 0;
  while (filled < target.length) {
    const left = target.length - filled;
    const at = offsetBytes + filled;
    const bytesRead =
      left <= maxDirectBytes
        ? readSync(file.fd, target, filled, left, at)
        : (await file.read(target, filled, left, at)).bytesRead;
    if (bytesRead === 0) {
      target.fill(0, filled);
      return;
    }
    filled += bytesRead;
  }
}

export async function writeWhole(file: FileHandle, bytes: Buffer, offsetBytes: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const left = bytes.length - written;
    const at = offsetBytes + written;
    written +=
      left <= maxDirectBytes
        ? writeSync(file.fd, bytes, written, left, at)
        : (await file.write(bytes, written, left, at)).bytesWritten;
  }
}
