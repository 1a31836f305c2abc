import { createCipheriv, createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { seededRandom } from './seeded-random.ts';

export interface SeededImage {
  sizeBytes: number;
  /** So many of them are data, spread over the image; the others are holes. */
  dataBytes: number;
  seed: number;
}

/** A piece of an image that holds data. */
export interface DataPiece {
  startBytes: number;
  lengthBytes: number;
}

/** What file systems allocate by. */
const granuleBytes = 4096;
const chunkBytes = 1024 * 1024;
const longestStretchBytes = 16 * chunkBytes;

/** Makes a disk of bytes that nothing can compress and of holes; the same seed gives the same bytes. Flushed. */
export async function writeSeededImage(path: string, image: SeededImage): Promise<void> {
  const key = createHash('sha256').update(`seed ${image.seed}`).digest();
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(chunkBytes);
  await using file = await open(path, 'w');
  await file.truncate(image.sizeBytes);
  for (const { startBytes, lengthBytes } of dataPieces(image)) {
    for (let done = 0; done < lengthBytes; done += chunkBytes) {
      const bytes = stream.update(zeros.subarray(0, Math.min(chunkBytes, lengthBytes - done)));
      await file.write(bytes, 0, bytes.length, startBytes + done);
    }
  }
  await file.sync();
}

/**
 * Where the data of an image lies: stretches of random length up to 16 MiB, each begins with its share of data and
 * ends with its share of holes. Together they are exactly `dataBytes`, which is a multiple of 4096, as `sizeBytes` is.
 */
export function dataPieces({ sizeBytes, dataBytes, seed }: SeededImage): DataPiece[] {
  const random = seededRandom(seed);
  const pieces: DataPiece[] = [];
  let placedBytes = 0;
  for (let startBytes = 0; startBytes < sizeBytes; ) {
    const stretchBytes = toGranule(random() * longestStretchBytes) + granuleBytes;
    const endBytes = Math.min(startBytes + stretchBytes, sizeBytes);
    const lengthBytes = toGranule((endBytes / sizeBytes) * dataBytes) - placedBytes;
    if (lengthBytes > 0) pieces.push({ startBytes, lengthBytes });
    placedBytes += lengthBytes;
    startBytes = endBytes;
  }
  return pieces;
}

function toGranule(bytes: number): number {
  return Math.floor(bytes / granuleBytes) * granuleBytes;
}
