import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { KnownStateConfiguration } from '../../known-state/configuration.ts';
import { knownStateErrors } from '../../known-state/errors.ts';
import { writePack } from '../../known-state/pack.ts';
import { type ResolvedRedundantLayout, systemPartitions } from '../../known-state/redundant-layout.ts';
import { makeBootRecords } from './boot-record.ts';
import type { RedundantSystem } from './make-redundant-partition.ts';
import { packBlocks } from './pack-blocks.ts';
import { makePartitionImages, manifestsOf } from './partition-images.ts';

export interface UpdateOptions {
  /** Of the machines that the update is for. */
  configuration: KnownStateConfiguration;
  system: RedundantSystem;
  /** The partition that it is for: `system-1`. */
  partition: string;
  /** The version of the new system image, for people. */
  version: string;
  /** Ed25519, PEM; the half of the configuration's public key. */
  privateKey: string;
  /** The pack; whatever lies there is replaced once the new one is whole. */
  outPath: string;
  onProgress?: (step: string) => void;
}

/**
 * Builds an update of one system partition (spec B7): a pack with its manifest and all its blocks. The other partitions
 * stay as they are, so that a system that fails has one to fall back to.
 *
 * @throws KNOWN_STATE_PARTITION_UNKNOWN, KNOWN_STATE_PLACE_UNUSABLE when the places are not those of the configuration,
 * CORE_FILE_SYSTEM_TOO_SMALL, KNOWN_STATE_MANIFEST_INVALID
 */
export async function buildUpdate(options: UpdateOptions): Promise<void> {
  const { configuration, partition, onProgress = () => {} } = options;
  const { layout } = configuration;
  assertUpdatable(layout, partition);
  const outPath = resolve(options.outPath);
  await mkdir(dirname(outPath), { recursive: true });
  const folder = await mkdtemp(join(dirname(outPath), '.building-'));
  try {
    const bootRecords = await makeBootRecords(layout);
    const images = await makePartitionImages({
      ...options,
      upTo: partition,
      bootRecords,
      folder,
      onProgress,
    });
    const updated = images.slice(-1);
    await writePack(outPath, {
      manifests: manifestsOf(updated),
      bootRecords: {},
      blocks: packBlocks(updated),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws KNOWN_STATE_PARTITION_UNKNOWN unless the layout has a system partition of this name. */
export function assertUpdatable(layout: ResolvedRedundantLayout, partition: string): void {
  const known = systemPartitions(layout).map(({ name }) => name);
  if (known.includes(partition)) return;
  throw knownStateErrors.KNOWN_STATE_PARTITION_UNKNOWN({
    ...{ tried: 'build an update', expected: known.join(', '), got: partition },
  });
}
