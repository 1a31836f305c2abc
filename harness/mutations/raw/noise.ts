import { createHash } from 'node:crypto';

/** Bytes that look random and are the same each time. */
export function noise(seed: string, lengthBytes: number): Buffer {
  return createHash('shake256', { outputLength: lengthBytes }).update(seed).digest();
}

/** Whether all bytes are zero. */
export function isZero(bytes: Buffer): boolean {
  return bytes.equals(Buffer.alloc(bytes.length));
}
