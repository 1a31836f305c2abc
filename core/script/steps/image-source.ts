import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { addAbortSignal, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { errorMessage } from '../../../foundation/index.ts';
import { allocateAligned } from '../../factory/clone/aligned-memory.ts';
import { scriptErrors } from '../errors.ts';

/** The unit in which images are read and written. */
export const chunkBytes = 1024 * 1024;

/** What an image is, after it was read from its beginning to its end. */
export interface ImageFacts {
  /** Of what it holds, unpacked. */
  sizeBytes: number;
  /** Of the file, as it lies there; only when it was asked for. */
  sha256?: string;
}

export interface ImageReading {
  signal: AbortSignal;
  withHash: boolean;
  /** Called with each chunk in turn; its memory is used again for the next one. */
  onChunk?(chunk: Buffer): Promise<void>;
}

/**
 * Reads an image, unpacked when its name ends in `.zst` or `.gz`, in chunks of 1 MiB; only the last one may be shorter.
 *
 * @throws SCRIPT_IMAGE_UNUSABLE when it is not there, cut short or damaged; the signal's reason when that was aborted.
 */
export async function readImage(
  path: string,
  { signal, withHash, onChunk = async () => {} }: ImageReading,
): Promise<ImageFacts> {
  const hash = withHash ? createHash('sha256') : undefined;
  const chunk = allocateAligned(chunkBytes);
  let filledBytes = 0;
  let sizeBytes = 0;
  for await (const piece of unpack(path, hash, signal)) {
    sizeBytes += piece.length;
    for (let used = 0; used < piece.length; ) {
      const copied = piece.copy(chunk, filledBytes, used);
      used += copied;
      filledBytes += copied;
      if (filledBytes < chunkBytes) continue;
      await onChunk(chunk);
      filledBytes = 0;
    }
  }
  if (filledBytes > 0) await onChunk(chunk.subarray(0, filledBytes));
  return { sizeBytes, ...(hash && { sha256: hash.digest('hex') }) };
}

/** The size of an image that is not packed, which needs no reading; undefined for a packed one. */
export async function plainImageSize(path: string): Promise<number | undefined> {
  const { size } = await statImage(path);
  return unpackerOf(path) === undefined ? size : undefined;
}

async function* unpack(
  path: string,
  hash: Hash | undefined,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const { size } = await statImage(path);
  let hashedBytes = 0;
  let positionBytes = 0;
  // Node unpacks the first frame of Zstandard only, but files that several processors have packed have many.
  do {
    const unpacker = unpackerOf(path);
    const file = createReadStream(path, { start: positionBytes, highWaterMark: chunkBytes });
    let readBytes = positionBytes;
    file.on('data', (piece) => {
      const known = Math.max(0, hashedBytes - readBytes);
      readBytes += piece.length;
      if (known >= piece.length) return;
      hash?.update(piece.slice(known));
      hashedBytes = readBytes;
    });
    if (unpacker === undefined) {
      yield* pieces(addAbortSignal(signal, file), path, signal);
      return;
    }
    file.on('error', (error) => unpacker.destroy(error));
    try {
      yield* pieces(addAbortSignal(signal, file.pipe(unpacker)), path, signal);
    } finally {
      file.destroy();
    }
    if (unpacker.bytesWritten === 0) throw unusable(path, 'nothing at all');
    positionBytes += unpacker.bytesWritten;
  } while (positionBytes < size);
}

async function* pieces(
  stream: AsyncIterable<Buffer>,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* stream;
  } catch (error) {
    signal.throwIfAborted();
    throw unusable(path, errorMessage(error), error);
  }
}

function unpackerOf(path: string): (Transform & { bytesWritten: number }) | undefined {
  // Each piece goes through another thread, which on slow hardware costs more than unpacking a small one.
  if (path.endsWith('.zst')) return createZstdDecompress({ chunkSize: chunkBytes });
  return path.endsWith('.gz') ? createGunzip({ chunkSize: chunkBytes }) : undefined;
}

async function statImage(path: string) {
  const facts = await stat(path).catch((error) => {
    throw unusable(path, errorMessage(error), error);
  });
  if (facts.isFile() && facts.size > 0) return facts;
  throw unusable(path, facts.isFile() ? 'an empty file' : 'no file');
}

function unusable(where: string, got: string, cause?: unknown): Error {
  return scriptErrors.SCRIPT_IMAGE_UNUSABLE({ tried: 'read an image', where, got }, cause);
}
