import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { PassObserver } from './read-once.ts';

const zeros = Buffer.alloc(4 * 1024 ** 2);

/**
 * The ordinary SHA-256 of all bytes of a disk, as `sha256sum` gives it and supply-chain tools want it. Holes are hashed
 * as zeros, so that a mostly empty disk of a tebibyte takes a quarter of an hour: only for who wants it.
 */
export class PlainDigest implements PassObserver {
  readonly #hash = createHash('sha256');
  readonly #signal: AbortSignal | undefined;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  onData(_offsetBytes: number, bytes: Buffer): void {
    this.#hash.update(bytes);
  }

  /** @throws the signal's reason. */
  async onHole(_offsetBytes: number, lengthBytes: number): Promise<void> {
    for (let left = lengthBytes; left > 0; left -= zeros.length) {
      this.#hash.update(left < zeros.length ? zeros.subarray(0, left) : zeros);
      // Signals, and what else the process does, want their turn.
      await setImmediate();
      this.#signal?.throwIfAborted();
    }
  }

  /** Hexadecimal. Once, after the pass. */
  finish(): string {
    return this.#hash.digest('hex');
  }
}
