import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { z } from 'zod';

/** A SHA-256 as a script has it. */
export const sha256Schema = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/, 'a SHA-256 has 64 hexadecimal digits')
  .transform((text) => text.toLowerCase());

/**
 * The SHA-256 of a file or device, in hexadecimal.
 *
 * @param sizeBytes Only of its beginning.
 */
export async function hashFile(path: string, signal: AbortSignal, sizeBytes?: number): Promise<string> {
  const hash = createHash('sha256');
  const end = sizeBytes === undefined ? {} : { end: sizeBytes - 1 };
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20, signal, ...end }))
    hash.update(piece);
  return hash.digest('hex');
}
