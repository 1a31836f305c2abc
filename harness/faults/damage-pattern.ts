import { createCipheriv, createHash, randomBytes } from 'node:crypto';

/** What damaged bytes become: zeros, their complement, or noise that follows from a seed. */
export type DamageHow = 'zero' | 'flip' | 'random';

/** How bytes are damaged. */
export interface DamageOptions {
  how: DamageHow;
  /** Of `random`; drawn when missing. The injection's sentence says it, so that it can be done again. */
  seed?: string;
}

export interface DamagePattern {
  how: DamageHow;
  seed?: string;
  /** Damages the next bytes in their place. */
  apply(bytes: Buffer): void;
}

/** The same options give the same damage to the same bytes; without a seed, one is drawn. */
export function damagePattern({ how, seed = randomBytes(8).toString('hex') }: DamageOptions): DamagePattern {
  if (how === 'zero') return { how, apply: (bytes) => bytes.fill(0) };
  if (how === 'flip') return { how, apply: flip };
  // A cipher's key stream is noise of any length that follows from its key.
  const key = createHash('sha256').update(seed).digest();
  const noise = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  return { how, seed, apply: (bytes) => bytes.set(noise.update(Buffer.alloc(bytes.length))) };
}

function flip(bytes: Buffer): void {
  for (const [index, byte] of bytes.entries()) bytes[index] = byte ^ 0xff;
}
