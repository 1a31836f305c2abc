import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { KnownStateConfiguration } from '../../known-state/configuration.ts';
import { knownStateErrors } from '../../known-state/errors.ts';
import {
  blockBytes,
  encodeManifestArea,
  type PartitionManifest,
  type SignedManifest,
  signManifest,
} from '../../known-state/manifest.ts';
import { writePack } from '../../known-state/pack.ts';
import { type RedundantPartition, systemPartitions } from '../../known-state/redundant-layout.ts';
import { encodeStateArea } from '../../known-state/state-record.ts';
import { copyIntoFat } from '../fat-image.ts';
import { templateTimeSeconds } from '../fixed-identity.ts';
import {
  makeRedundantPartition,
  type RedundantPartitionImage,
  type RedundantSystem,
} from './make-redundant-partition.ts';
import { packBlocks } from './pack-blocks.ts';
import { hashPartition } from './partition-blocks.ts';

export interface PartitionImagesOptions {
  configuration: KnownStateConfiguration;
  system: RedundantSystem;
  /** What the partitions hold, for people: `1.0.0`. */
  version: string;
  /** Ed25519, PEM. */
  privateKey: string;
  bootRecords: Readonly<Record<string, Buffer>>;
  /** The last one that is needed; all of the layout's without it. */
  upTo?: string;
  /** Where the images are written. */
  folder: string;
  onProgress: (step: string) => void;
}

/** A system partition that is whole. */
export interface PartitionImage {
  partition: RedundantPartition;
  path: string;
  manifest: PartitionManifest;
  signed: SignedManifest;
}

/**
 * Makes the system partitions of a layout, in its order: the second and later ones get the recovery tools for those
 * before them (spec B5), and no more, since no two can hold each other's.
 *
 * @throws CORE_FILE_SYSTEM_TOO_SMALL, KNOWN_STATE_PLACE_UNUSABLE when the places are not those of the configuration,
 * KNOWN_STATE_MANIFEST_INVALID when a partition holds too much.
 */
export async function makePartitionImages(options: PartitionImagesOptions): Promise<PartitionImage[]> {
  const { configuration, onProgress } = options;
  const made: PartitionImage[] = [];
  for (const partition of systemPartitions(configuration.layout)) {
    onProgress(`make ${partition.name}`);
    made.push(await makePartitionImage(options, partition, made));
    if (partition.name === options.upTo) break;
  }
  return made;
}

async function makePartitionImage(
  options: PartitionImagesOptions,
  partition: RedundantPartition,
  earlier: readonly PartitionImage[],
): Promise<PartitionImage> {
  const { configuration, system, version, privateKey } = options;
  const { layout } = configuration;
  const folder = join(options.folder, partition.name);
  await mkdir(folder);
  const path = join(folder, 'partition.img');
  const image = await makeRedundantPartition({ path, partition, layout, system, temporaryFolder: folder });
  checkAreas(partition.name, image.areas, configuration);
  const { states, manifest: place } = image.areas;
  if (earlier.length > 0) await addRecoveryTools(options, { path, image }, earlier);
  const manifest: PartitionManifest = {
    ...{ formatVersion: 1, partition: partition.name, version, blockBytes },
    ...{ criticalBlocks: image.criticalBlocks, states, manifest: place },
    blocks: await hashPartition(path, [states, place]),
  };
  const signed = signManifest(manifest, privateKey);
  await using file = await open(path, 'r+');
  await writeAt(file, initialStates(configuration), states.offsetBytes);
  await writeAt(file, encodeManifestArea(signed), place.offsetBytes);
  return { partition, path, manifest, signed };
}

/** `recovery.pack`: what the partitions before this one hold and it does not hold itself. */
async function addRecoveryTools(
  { bootRecords, folder }: PartitionImagesOptions,
  { path, image }: { path: string; image: RedundantPartitionImage },
  earlier: readonly PartitionImage[],
): Promise<void> {
  const { states, manifest } = image.areas;
  const held = await hashPartition(path, [states, manifest]);
  const without = new Set(held.slice(image.firstFixedBlock, image.endFixedBlock));
  const packPath = join(folder, 'recovery.pack');
  await writePack(packPath, {
    manifests: manifestsOf(earlier),
    bootRecords,
    blocks: packBlocks(earlier, without),
  });
  await copyIntoFat(path, packPath, '/recovery.pack');
}

/** The signed manifests by the partitions' names, as packs hold them. */
export function manifestsOf(images: readonly PartitionImage[]): Record<string, SignedManifest> {
  return Object.fromEntries(images.map(({ partition, signed }) => [partition.name, signed]));
}

function checkAreas(
  name: string,
  areas: RedundantPartitionImage['areas'],
  configuration: KnownStateConfiguration,
): void {
  const expected = configuration.areas[name];
  if (isDeepStrictEqual(areas, expected)) return;
  throw knownStateErrors.KNOWN_STATE_PLACE_UNUSABLE({
    ...{ tried: 'put boot states and manifest to their places', where: name },
    ...{ expected: JSON.stringify(expected), got: JSON.stringify(areas) },
  });
}

/** A machine from the factory was shut down in order, as far as it knows. */
function initialStates({ layout }: KnownStateConfiguration): Buffer {
  const time = new Date(templateTimeSeconds * 1000).toISOString();
  const entries = systemPartitions(layout).map(({ name }) => [
    name,
    { state: 'OK' as const, time, reason: '' },
  ]);
  return encodeStateArea({ partitions: Object.fromEntries(entries), recoveries: 0 });
}

async function writeAt(
  file: { write(bytes: Buffer, offset: number, length: number, position: number): Promise<unknown> },
  bytes: Buffer,
  offsetBytes: number,
): Promise<void> {
  await file.write(bytes, 0, bytes.length, offsetBytes);
}
