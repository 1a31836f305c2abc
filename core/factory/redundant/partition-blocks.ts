import { type FileHandle, open } from 'node:fs/promises';
import { type Area, blankAreas, blockBytes, hashBlock } from '../../known-state/manifest.ts';

/**
 * The hashes of a partition's blocks, from its beginning to the last one that is not zero; areas count as zeros.
 *
 * @param path The image of the partition.
 */
export async function hashPartition(path: string, areas: readonly Area[]): Promise<string[]> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const zeros = Buffer.alloc(blockBytes);
  const hashes: string[] = [];
  let used = 0;
  for (let index = 0; index * blockBytes < size; index++) {
    const block = await readPartitionBlock(file, index, areas);
    hashes.push(hashBlock(block));
    if (!block.equals(zeros.subarray(0, block.length))) used = index + 1;
  }
  return hashes.slice(0, used);
}

/** One block of a partition's image, as it is hashed and as it lies in packs: with its areas as zeros. */
export async function readPartitionBlock(
  file: FileHandle,
  index: number,
  areas: readonly Area[],
): Promise<Buffer> {
  const block = Buffer.alloc(blockBytes);
  const { bytesRead } = await file.read(block, 0, blockBytes, index * blockBytes);
  const bytes = block.subarray(0, bytesRead);
  blankAreas(bytes, index, areas);
  return bytes;
}
