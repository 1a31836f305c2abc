import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { sectorBytes } from '../../foundation/index.ts';

const blockBytes = 1024 * 1024;

/**
 * Copies the image of a partition to its place on a disk's image. Blocks of zeros stay holes, so the place must be
 * untouched: this is for new files, not for disks that held something.
 */
export async function placePartition(
  disk: FileHandle,
  imagePath: string,
  firstSector: number,
): Promise<void> {
  const offsetBytes = firstSector * sectorBytes;
  await using image = await open(imagePath, 'r');
  const block = Buffer.alloc(blockBytes);
  const zeros = Buffer.alloc(blockBytes);
  for (let position = 0; ; ) {
    const { bytesRead } = await image.read(block, 0, blockBytes, position);
    if (bytesRead === 0) return;
    const bytes = block.subarray(0, bytesRead);
    if (!bytes.equals(zeros.subarray(0, bytesRead))) {
      await disk.write(bytes, 0, bytesRead, offsetBytes + position);
    }
    position += bytesRead;
  }
}

/** SHA-256 of a file, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  await using file = await open(path, 'r');
  const hash = createHash('sha256');
  const block = Buffer.alloc(4 * blockBytes);
  for (;;) {
    const { bytesRead } = await file.read(block);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(block.subarray(0, bytesRead));
  }
}
