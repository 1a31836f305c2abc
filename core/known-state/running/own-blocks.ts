import type { DiskAccess } from '../../script/steps/hardware/disk-access.ts';
import type { LocatedPartition } from '../configuration.ts';
import { knownStateErrors } from '../errors.ts';
import { blankAreas, blockBytes, hashBlock, type PartitionManifest } from '../manifest.ts';
import type { Pack } from '../pack.ts';
import type { RecoverySource } from '../recover-system.ts';

/**
 * Good content for the other partitions (spec B5, B6): the recovery tools of a partition, which hold what this partition
 * does not hold itself, and this partition's own blocks. Those are hashed, since nobody else has looked at all of them.
 *
 * @param disk The disk that this partition lies on.
 * @param manifest Of this partition.
 * @param tools `recovery.pack` of this partition.
 */
export function ownBlocks(
  { name, offsetBytes }: LocatedPartition,
  disk: DiskAccess,
  manifest: PartitionManifest,
  tools: Pack,
): RecoverySource {
  const indices = new Map(manifest.blocks.map((hash, index) => [hash, index]));
  return {
    manifests: tools.manifests,
    bootRecords: tools.bootRecords,
    has: (hash) => tools.has(hash) || indices.has(hash),
    async read(hash, block) {
      const index = indices.get(hash);
      if (index === undefined || tools.has(hash)) return await tools.read(hash, block);
      await disk.read(block, offsetBytes + index * blockBytes);
      blankAreas(block, index, [manifest.states, manifest.manifest]);
      if (hashBlock(block) === hash) return;
      throw knownStateErrors.KNOWN_STATE_PACK_INVALID({
        tried: `take a block from ${name}`,
        got: `block ${index} of ${name} is damaged`,
      });
    },
  };
}
