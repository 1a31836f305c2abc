import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { errorMessage, sectorBytes, syncFolder } from '../../foundation/index.ts';
import { knownStateErrors } from './errors.ts';
import type { SignedManifest } from './manifest.ts';

/**
 * A pack carries system images: the recovery medium's, an update, the recovery tools of a partition. Block for block, each
 * once, however many partitions hold it.
 *
 * | bytes | what |
 * |---|---|
 * | 1 line | `ASSAY-PACK 1 LENGTH`, the length of the index in bytes |
 * | LENGTH | the index, JSON |
 * | to the next 4096 | zeros |
 * | rest | the blocks, whose offsets in the index count from here |
 */
export interface Pack extends AsyncDisposable {
  /** By the partition's name. */
  manifests: Readonly<Record<string, SignedManifest>>;
  /** Sector 0 of every disk with system partitions, by the disk's name; 512 bytes. */
  bootRecords: Readonly<Record<string, Buffer>>;
  /** Whether {@link Pack.read} can give the block with this hash. */
  has(hash: string): boolean;
  /**
   * Reads the block with this hash into `block`, whole. It is not hashed again: who needs it right looks at it.
   *
   * @throws KNOWN_STATE_PACK_INVALID when it is not there or cannot be read.
   */
  read(hash: string, block: Buffer): Promise<void>;
  /** The same for several blocks, one behind the other; those that lie so in the pack are read at once. */
  readSeveral(hashes: readonly string[], blocks: Buffer): Promise<void>;
}

const indexSchema = z.strictObject({
  manifests: z.record(z.string(), z.strictObject({ text: z.string(), signature: z.string() })),
  /** Base64. */
  bootRecords: z.record(z.string(), z.string()),
  /** Hash to offset in bytes, all of one length. */
  blocks: z.record(z.string(), z.int().nonnegative()),
});

const magic = 'ASSAY-PACK 1';
const alignmentBytes = 4096;

/** Enough for a million blocks; a pack that says more is none, and must not take a small machine's memory. */
const mostIndexBytes = 64 * 1024 ** 2;

/**
 * Opens a pack.
 *
 * @throws KNOWN_STATE_PACK_INVALID when it cannot be read or is none.
 */
export async function openPack(path: string): Promise<Pack> {
  const tried = 'read a pack of system images';
  const invalid = (got: string, cause?: unknown) =>
    knownStateErrors.KNOWN_STATE_PACK_INVALID({ tried, where: path, got }, cause);
  const file = await open(path, 'r').catch((error) => {
    throw invalid(errorMessage(error), error);
  });
  try {
    const { index, dataOffsetBytes } = await readIndex(file);
    const bootRecords = Object.entries(index.bootRecords).map(([disk, text]) => [
      disk,
      decodeBootRecord(disk, text),
    ]);
    const readBlocks: Pack['readSeveral'] = async (hashes, blocks) => {
      const lengthBytes = blocks.length / hashes.length;
      const offsets = hashes.map((hash) => index.blocks[hash] ?? missing(hash));
      for (let first = 0, next = 1; first < hashes.length; first = next) {
        for (next = first + 1; offsets[next] === offsets[next - 1]! + lengthBytes; ) next += 1;
        const wanted = blocks.subarray(first * lengthBytes, next * lengthBytes);
        const positionBytes = dataOffsetBytes + offsets[first]!;
        const { bytesRead } = await file.read(wanted, 0, wanted.length, positionBytes).catch((error) => {
          throw invalid(errorMessage(error), error);
        });
        if (bytesRead < wanted.length)
          throw invalid(`it ends within the blocks ${hashes.slice(first, next).join(', ')}`);
      }
    };
    const missing = (hash: string): never => {
      throw invalid(`it does not hold the block ${hash}`);
    };
    return {
      manifests: index.manifests,
      bootRecords: Object.fromEntries(bootRecords),
      has: (hash) => hash in index.blocks,
      read: (hash, block) => readBlocks([hash], block),
      readSeveral: readBlocks,
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw invalid(errorMessage(error), error);
  }
}

export interface PackContent {
  manifests: Readonly<Record<string, SignedManifest>>;
  bootRecords: Readonly<Record<string, Buffer>>;
  /** Gives each block once, in the order in which it is to lie in the pack. */
  blocks: AsyncIterable<{ hash: string; bytes: Buffer }>;
}

/**
 * Writes a pack. The same content gives the same bytes; whatever lies at `path` is replaced once the new one is whole, and
 * nothing else is left there when it fails.
 */
export async function writePack(path: string, content: PackContent): Promise<void> {
  // The index comes first, and says what only the blocks tell: they are written beside it, and then appended.
  const blocksPath = `${path}.blocks`;
  const writtenPath = `${path}.new`;
  try {
    const offsets = await writeBlocks(blocksPath, content.blocks);
    await writeFile(writtenPath, encodeHead(content, offsets));
    await pipeline(createReadStream(blocksPath), createWriteStream(writtenPath, { flags: 'a', flush: true }));
    await rename(writtenPath, path);
    await syncFolder(dirname(path));
  } finally {
    for (const left of [blocksPath, writtenPath]) await rm(left, { force: true });
  }
}

/** @returns where each block lies, in bytes, by its hash. */
async function writeBlocks(path: string, blocks: PackContent['blocks']): Promise<Record<string, number>> {
  const offsets: Record<string, number> = {};
  let lengthBytes = 0;
  await using file = await open(path, 'w');
  for await (const { hash, bytes } of blocks) {
    if (hash in offsets) continue;
    offsets[hash] = lengthBytes;
    await file.write(bytes);
    lengthBytes += bytes.length;
  }
  return offsets;
}

/** First line, index, and zeros up to where the blocks begin. */
function encodeHead({ manifests, bootRecords }: PackContent, blocks: Record<string, number>): Buffer {
  const records = Object.entries(bootRecords).map(
    ([disk, bytes]) => [disk, bytes.toString('base64')] as const,
  );
  const index: z.input<typeof indexSchema> = {
    manifests: sorted(Object.entries(manifests)),
    bootRecords: sorted(records),
    blocks,
  };
  const text = Buffer.from(JSON.stringify(index));
  const head = Buffer.concat([Buffer.from(`${magic} ${text.length}\n`), text]);
  return Buffer.concat([head, Buffer.alloc(alignedUp(head.length) - head.length)]);
}

/** Whatever the order in which they were put together. */
function sorted<Value>(entries: readonly (readonly [string, Value])[]): Record<string, Value> {
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function alignedUp(offsetBytes: number): number {
  return Math.ceil(offsetBytes / alignmentBytes) * alignmentBytes;
}

async function readIndex(
  file: FileHandle,
): Promise<{ index: z.output<typeof indexSchema>; dataOffsetBytes: number }> {
  const head = Buffer.alloc(64);
  await file.read(head, 0, head.length, 0);
  const line = head.toString('latin1').split('\n', 1)[0]!;
  const [, length] = new RegExp(`^${magic} (\\d{1,9})$`).exec(line) ?? [];
  if (length === undefined) throw new Error('it does not begin as a pack does');
  if (Number(length) > mostIndexBytes) throw new Error(`it says that it has an index of ${length} bytes`);
  const text = Buffer.alloc(Number(length));
  const { bytesRead } = await file.read(text, 0, text.length, line.length + 1);
  if (bytesRead < text.length) throw new Error('it ends within its index');
  const endBytes = line.length + 1 + text.length;
  return {
    index: indexSchema.parse(JSON.parse(text.toString('utf8'))),
    dataOffsetBytes: alignedUp(endBytes),
  };
}

function decodeBootRecord(disk: string, text: string): Buffer {
  const record = Buffer.from(text, 'base64');
  if (record.length === sectorBytes) return record;
  throw new Error(`its boot record of ${disk} has ${record.length} bytes`);
}
