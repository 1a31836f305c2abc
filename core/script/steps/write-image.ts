import { createHash } from 'node:crypto';
import { durably } from '../../../foundation/index.ts';
import { allocateAligned } from '../../factory/clone/aligned-memory.ts';
import { scriptErrors } from '../errors.ts';
import type { DiskAccess } from './hardware/disk-access.ts';
import { chunkBytes, type ImageFacts, readImage } from './image-source.ts';

export interface ImageWriting {
  path: string;
  /** What the image was when it was read before. */
  facts: ImageFacts;
  access: DiskAccess;
  device: string;
  signal: AbortSignal;
  /** Called with the share that is done, 0 to 1. */
  onProgress(phase: 'written' | 'read back', share: number): void;
}

/**
 * Writes an image over a disk or partition and reads it back (spec R8). Its first MiB, with the partition table or the
 * superblock, comes last, after everything else was compared: whatever ends the work before leaves zeros there, so that
 * nothing starts from half an image. Zeros are only written where the disk does not read as zeros already.
 *
 * @returns Bytes that were written.
 * @throws SCRIPT_IMAGE_UNUSABLE when the image is not what it was before, SCRIPT_DISK_DIFFERS when the disk does not read
 * back as written.
 */
export async function writeImage(writing: ImageWriting): Promise<number> {
  const { access, signal } = writing;
  const writer = new ChunkWriter(writing);
  await durably('write-image.empty-beginning', () =>
    writer.write(allocateAligned(Math.min(chunkBytes, writing.facts.sizeBytes)), 0),
  );
  await durably('write-image.beginning-is-empty', () => access.sync());
  const { firstChunk, hashes } = await writeBehindFirst(writer, writing);
  await durably('write-image.rest', () => access.sync());
  for (const [index, hash] of hashes.entries()) {
    signal.throwIfAborted();
    if (index > 0) await writer.compare(index * chunkBytes, hash);
    writing.onProgress('read back', (index + 1) / hashes.length);
  }
  await writer.write(firstChunk, 0);
  await durably('write-image.beginning', () => access.sync());
  await writer.compare(0, hashes[0]!);
  return writer.writtenBytes;
}

interface ChunkHash {
  lengthBytes: number;
  /** BLAKE2b-512: small processors have nothing of their own for SHA-256, which then takes three times as long. */
  hash: string;
}

async function writeBehindFirst(
  writer: ChunkWriter,
  { path, facts, signal, onProgress }: ImageWriting,
): Promise<{ firstChunk: Buffer; hashes: ChunkHash[] }> {
  let firstChunk = allocateAligned(0);
  const hashes: ChunkHash[] = [];
  let position = 0;
  const onChunk = async (chunk: Buffer) => {
    if (position + chunk.length > facts.sizeBytes) throw changed(path, 'it has become longer');
    hashes.push({ lengthBytes: chunk.length, hash: hashOf(chunk) });
    if (position > 0) await writer.write(chunk, position);
    else firstChunk = copyOf(chunk);
    position += chunk.length;
    onProgress('written', position / facts.sizeBytes);
  };
  const got = await readImage(path, { signal, withHash: facts.sha256 !== undefined, onChunk });
  if (got.sizeBytes !== facts.sizeBytes) throw changed(path, 'it has become shorter');
  // A medium may give other bytes the second time.
  if (got.sha256 !== facts.sha256) throw changed(path, 'it has another hash now');
  return { firstChunk, hashes };
}

class ChunkWriter {
  writtenBytes = 0;
  readonly #access: DiskAccess;
  readonly #device: string;
  readonly #read = allocateAligned(chunkBytes);

  constructor({ access, device }: ImageWriting) {
    this.#access = access;
    this.#device = device;
  }

  async write(bytes: Buffer, positionBytes: number): Promise<void> {
    if (isZero(bytes) && (await this.#readsAsZero(bytes.length, positionBytes))) return;
    await this.#access.write(bytes, positionBytes);
    this.writtenBytes += bytes.length;
  }

  async compare(positionBytes: number, { lengthBytes, hash }: ChunkHash): Promise<void> {
    // O_DIRECT takes whole units only, so a whole chunk is asked for, and the end of the disk makes it shorter.
    const bytesRead = await this.#access.read(this.#read, positionBytes);
    if (bytesRead >= lengthBytes && hashOf(this.#read.subarray(0, lengthBytes)) === hash) return;
    throw scriptErrors.SCRIPT_DISK_DIFFERS({
      tried: 'read back an image',
      where: `${this.#device}, the MiB at byte ${positionBytes}`,
    });
  }

  async #readsAsZero(lengthBytes: number, positionBytes: number): Promise<boolean> {
    // What cannot be read is written: that may well bring its sectors back.
    const bytesRead = await this.#access.read(this.#read, positionBytes).catch(() => 0);
    return bytesRead >= lengthBytes && isZero(this.#read.subarray(0, lengthBytes));
  }
}

function changed(where: string, got: string): Error {
  return scriptErrors.SCRIPT_IMAGE_UNUSABLE({ tried: 'read an image a second time', where, got });
}

function copyOf(bytes: Buffer): Buffer {
  const copy = allocateAligned(bytes.length);
  bytes.copy(copy);
  return copy;
}

const zeros = Buffer.alloc(chunkBytes);

function isZero(bytes: Buffer): boolean {
  return bytes.equals(zeros.subarray(0, bytes.length));
}

function hashOf(bytes: Buffer): string {
  return createHash('blake2b512').update(bytes).digest('hex');
}
