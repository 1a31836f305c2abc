import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { errorMessage } from '../../foundation/index.ts';
import { knownStateErrors } from './errors.ts';

/** The unit in which the content of a partition is hashed, repaired and transported, in bytes. */
export const blockBytes = 256 * 1024;

/** A file of fixed length at a fixed place of a partition, so that it is read and written without its file system. */
export const areaSchema = z.strictObject({
  offsetBytes: z.int().nonnegative(),
  lengthBytes: z.int().positive(),
});

export type Area = z.output<typeof areaSchema>;

/** `bstate.txt`: two copies of 4096 bytes each, in different physical sectors. */
export const stateCopyBytes = 4096;
export const stateAreaBytes = 2 * stateCopyBytes;

/** `manifest.txt`. */
export const manifestAreaBytes = 128 * 1024;

const manifestSchema = z.strictObject({
  formatVersion: z.literal(1),
  /** The partition that this content is for: `system-1`. Loader and configuration differ between partitions. */
  partition: z.string(),
  /** The version of the system image, for people. */
  version: z.string(),
  blockBytes: z.literal(blockBytes),
  /** Blocks from the first one that hold the loader, the kernel and its initial RAM file system. */
  criticalBlocks: z.int().nonnegative(),
  /** Where the boot states lie; counted as zeros when their block is hashed. */
  states: areaSchema,
  /** Where this manifest lies; counted as zeros, too. */
  manifest: areaSchema,
  /** The hash of every block, from the partition's beginning to the last one that is not zero. */
  blocks: z.array(z.string().regex(/^[\w-]{43}$/)).min(1),
});

/** What a system partition holds, block by block (docs/logic-file.md, "Integrity"). */
export type PartitionManifest = z.output<typeof manifestSchema>;

/** A manifest as it lies on partitions and in packs: JSON and signature. */
export interface SignedManifest {
  text: string;
  /** Ed25519 (RFC 8032) over the text's UTF-8, in base64. */
  signature: string;
}

/** Signs a manifest. @param privateKey Ed25519, PEM (PKCS #8). */
export function signManifest(manifest: PartitionManifest, privateKey: string): SignedManifest {
  const text = JSON.stringify(manifest);
  return { text, signature: sign(null, Buffer.from(text), createPrivateKey(privateKey)).toString('base64') };
}

/**
 * Opens a manifest whose signature is right.
 *
 * @param publicKey Ed25519, PEM (SubjectPublicKeyInfo).
 * @throws KNOWN_STATE_MANIFEST_INVALID when the signature or the form is wrong.
 */
export function openManifest({ text, signature }: SignedManifest, publicKey: string): PartitionManifest {
  const tried = 'read the manifest of a system partition';
  const isSigned = verify(
    null,
    Buffer.from(text),
    createPublicKey(publicKey),
    Buffer.from(signature, 'base64'),
  );
  if (!isSigned)
    throw knownStateErrors.KNOWN_STATE_MANIFEST_INVALID({ tried, got: 'its signature is not of this key' });
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (error) {
    throw knownStateErrors.KNOWN_STATE_MANIFEST_INVALID({ tried, got: errorMessage(error) }, error);
  }
}

/**
 * The bytes of `manifest.txt`: the text, a line with the signature, and empty lines up to the length of the area.
 *
 * @throws KNOWN_STATE_MANIFEST_INVALID when it does not fit.
 */
export function encodeManifestArea({ text, signature }: SignedManifest): Buffer {
  const content = Buffer.from(`${text}\n${signature}\n`);
  if (content.length > manifestAreaBytes) {
    throw knownStateErrors.KNOWN_STATE_MANIFEST_INVALID({
      tried: 'write the manifest of a system partition',
      expected: `at most ${manifestAreaBytes} bytes`,
      got: `${content.length} bytes: the partition holds too much`,
    });
  }
  return Buffer.concat([content, Buffer.alloc(manifestAreaBytes - content.length, '\n')]);
}

/** The opposite; never throws, for what it holds is judged by {@link openManifest}. */
export function decodeManifestArea(bytes: Buffer): SignedManifest {
  const [text = '', signature = ''] = bytes.toString('utf8').split('\n', 2);
  return { text, signature };
}

/**
 * The hash of a block: BLAKE2b-512 (RFC 7693), its first 32 bytes, base64url without padding. Small processors have
 * nothing of their own for SHA-256, which then takes three times as long.
 */
export function hashBlock(bytes: Uint8Array): string {
  return createHash('blake2b512').update(bytes).digest().subarray(0, 32).toString('base64url');
}

/**
 * Zeroes what the areas cover of a block, in place: states and manifest change without the content changing.
 *
 * @param index Of the block, from 0.
 */
export function blankAreas(block: Buffer, index: number, areas: readonly Area[]): void {
  const startBytes = index * blockBytes;
  for (const { offsetBytes, lengthBytes } of areas) {
    const from = Math.max(offsetBytes - startBytes, 0);
    const to = Math.min(offsetBytes + lengthBytes - startBytes, block.length);
    if (from < to) block.fill(0, from, to);
  }
}
