import { createHash } from 'node:crypto';
import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { durably } from '../../foundation/durably.ts';
import { coreErrors } from '../errors.ts';

/** The BLAKE2b-512 of one piece of a partition, in hexadecimal as `b2sum` prints it; or `zero`. */
export type ChunkHash = string;

/** What a partition's image holds; it is kept beside the file with the bytes. */
export interface PartitionImage {
  sizeBytes: number;
  chunkBytes: number;
  chunks: readonly ChunkHash[];
}

const chunkBytes = 1024 * 1024;

/**
 * Copies a whole partition, which must not be in use, sector by sector into a file (spec M6): nothing can be locked,
 * open or forgotten. Pieces of zeros become holes in the file. It is on the disk when this returns;
 * {@link verifyPartitionImage} reads it back.
 *
 * BLAKE2b and no compression, because a headless appliance has a small processor: SHA-256 takes three times as long
 * where it is not in hardware, and unpacking would take longer than all the rest of a rebuild.
 *
 * @param devicePath The partition; tests give a file.
 */
export async function savePartition(
  devicePath: string,
  sizeBytes: number,
  imagePath: string,
): Promise<PartitionImage> {
  const chunks: ChunkHash[] = [];
  await using source = await open(devicePath, 'r');
  await using target = await open(imagePath, 'w');
  await target.truncate(sizeBytes);
  for (let position = 0; position < sizeBytes; position += chunkBytes) {
    const bytes = await readFully(source, position, Math.min(chunkBytes, sizeBytes - position), devicePath);
    const hash = hashChunk(bytes);
    if (hash !== 'zero') await target.write(bytes, 0, bytes.length, position);
    chunks.push(hash);
  }
  await durably('partition-image.saved', () => target.sync());
  return { sizeBytes, chunkBytes, chunks };
}

/**
 * Reads every chunk of an image and compares it with its hash.
 *
 * @throws CORE_BACKUP_DAMAGED naming the first chunk that differs.
 */
export async function verifyPartitionImage(imagePath: string, image: PartitionImage): Promise<void> {
  await using file = await open(imagePath, 'r');
  for (let index = 0; index < image.chunks.length; index += 1) await readChunk(file, image, index, imagePath);
}

/**
 * Brings a partition back to what its image holds. Every chunk of the partition is read, only those that differ are
 * written, and these are read back past the page cache.
 *
 * @param onProgress Called with the share that is done, 0 to 1.
 * @returns How many chunks were written.
 * @throws CORE_BACKUP_DAMAGED for a chunk that fails its hash (it is not written), CORE_RESTORE_FAILED when the
 * partition does not read back as written.
 */
export async function restorePartition(
  imagePath: string,
  image: PartitionImage,
  devicePath: string,
  onProgress: (share: number) => void = () => {},
): Promise<number> {
  await using file = await open(imagePath, 'r');
  await using target = await open(devicePath, 'r+');
  const written: number[] = [];
  for (const [index, hash] of image.chunks.entries()) {
    if ((await hashOnDevice(target, image, index, devicePath)) !== hash) {
      const bytes = await readChunk(file, image, index, imagePath);
      await target.write(bytes, 0, bytes.length, index * image.chunkBytes);
      written.push(index);
    }
    onProgress((index + 1) / image.chunks.length);
  }
  await durably('partition-image.restored', () => target.sync());
  await forgetPageCache();
  for (const index of written) {
    if ((await hashOnDevice(target, image, index, devicePath)) === image.chunks[index]) continue;
    throw coreErrors.CORE_RESTORE_FAILED({ tried: `read back ${devicePath}`, where: `chunk ${index}` });
  }
  return written.length;
}

/** Drops clean pages, so that the next read comes from the disk; a kernel that has no such switch keeps them. */
export async function forgetPageCache(): Promise<void> {
  await writeFile('/proc/sys/vm/drop_caches', '1').catch(() => undefined);
}

async function readChunk(
  file: FileHandle,
  image: PartitionImage,
  index: number,
  imagePath: string,
): Promise<Buffer> {
  const bytes = await readFully(file, index * image.chunkBytes, chunkLength(image, index), imagePath);
  const got = hashChunk(bytes);
  const expected = image.chunks[index]!;
  if (got === expected) return bytes;
  throw coreErrors.CORE_BACKUP_DAMAGED({ tried: `read chunk ${index}`, where: imagePath, expected, got });
}

/** A chunk that the disk cannot read is one that differs: writing it may well bring its sectors back. */
async function hashOnDevice(
  device: FileHandle,
  image: PartitionImage,
  index: number,
  devicePath: string,
): Promise<ChunkHash | undefined> {
  try {
    return hashChunk(
      await readFully(device, index * image.chunkBytes, chunkLength(image, index), devicePath),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EIO') return undefined;
    throw error;
  }
}

function chunkLength(image: PartitionImage, index: number): number {
  return Math.min(image.chunkBytes, image.sizeBytes - index * image.chunkBytes);
}

async function readFully(file: FileHandle, position: number, length: number, name: string): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) {
      throw coreErrors.CORE_BACKUP_DAMAGED({
        tried: `read ${name}`,
        got: `its end at ${position + done} bytes`,
      });
    }
    done += bytesRead;
  }
  return bytes;
}

const zeros = Buffer.alloc(chunkBytes);

function hashChunk(bytes: Buffer): ChunkHash {
  if (bytes.equals(zeros.subarray(0, bytes.length))) return 'zero';
  return createHash('blake2b512').update(bytes).digest('hex');
}
