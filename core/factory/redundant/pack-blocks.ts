import { open } from 'node:fs/promises';
import type { PackContent } from '../../known-state/pack.ts';
import { readPartitionBlock } from './partition-blocks.ts';
import type { PartitionImage } from './partition-images.ts';

/**
 * The blocks of partitions for a pack: each once, in the order of the partitions, so that who writes one reads the pack
 * from its beginning to its end.
 *
 * @param without Hashes of blocks that are left out.
 */
export async function* packBlocks(
  images: readonly PartitionImage[],
  without: ReadonlySet<string> = new Set(),
): PackContent['blocks'] {
  const given = new Set(without);
  for (const { path, manifest } of images) {
    await using file = await open(path, 'r');
    for (const [index, hash] of manifest.blocks.entries()) {
      if (given.has(hash)) continue;
      given.add(hash);
      yield { hash, bytes: await readPartitionBlock(file, index, [manifest.states, manifest.manifest]) };
    }
  }
}
