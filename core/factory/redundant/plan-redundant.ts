import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KnownStateConfiguration } from '../../known-state/configuration.ts';
import { type ResolvedRedundantLayout, systemPartitions } from '../../known-state/redundant-layout.ts';
import { makeEmptyPartition } from './make-redundant-partition.ts';

/**
 * Works out where boot states and manifests will lie in every system partition, before there is a system: the system
 * itself carries these places. They follow from the layout alone.
 *
 * @param publicKey What manifests are checked with: Ed25519, PEM.
 * @throws CORE_FILE_SYSTEM_TOO_SMALL, KNOWN_STATE_PLACE_UNUSABLE
 */
export async function planRedundant(
  layout: ResolvedRedundantLayout,
  publicKey: string,
): Promise<KnownStateConfiguration> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-places-'));
  const areas: KnownStateConfiguration['areas'] = {};
  try {
    for (const partition of systemPartitions(layout)) {
      const temporaryFolder = join(folder, partition.name);
      await mkdir(temporaryFolder);
      const path = join(temporaryFolder, 'partition.img');
      areas[partition.name] = await makeEmptyPartition({ path, partition, layout, temporaryFolder });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { layout, areas, publicKey };
}
