import { mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sectorBytes, writeFileDurably } from '../../../foundation/index.ts';
import type { KnownStateConfiguration } from '../../known-state/configuration.ts';
import { writePack } from '../../known-state/pack.ts';
import type { RedundantDisk, RedundantPartition } from '../../known-state/redundant-layout.ts';
import { placePartition } from '../disk-writer.ts';
import { fixedUuid } from '../fixed-identity.ts';
import { makeExt4 } from '../make-ext4.ts';
import { makeBootRecord, makeBootRecords } from './boot-record.ts';
import type { RedundantSystem } from './make-redundant-partition.ts';
import { packBlocks } from './pack-blocks.ts';
import { makePartitionImages, manifestsOf, type PartitionImage } from './partition-images.ts';

export interface RedundantOptions {
  /** Where everything lies; from `planRedundant`, and sealed into the system. */
  configuration: KnownStateConfiguration;
  system: RedundantSystem;
  /** The version of the system image, for people. */
  version: string;
  /** Ed25519, PEM; the half of the configuration's public key. */
  privateKey: string;
  /** Made when missing; what lies there with the same names is replaced. */
  outFolder: string;
  onProgress?: (step: string) => void;
}

/** What was built, and where it lies. */
export interface RedundantDisks {
  /** Raw images by the disks' names, in the layout's order: `NAME.raw`. */
  diskPaths: Record<string, string>;
  /** What the medium gets as `/assay/system`: `known-state.json` and `system.pack`. */
  systemFolder: string;
  configurationPath: string;
  packPath: string;
}

/**
 * Builds the disks of a machine that boots to a known state (spec B3 to B5, B8), and what its recovery medium needs of
 * them: raw images, without root; the same inputs give the same bytes. Every system partition holds the system and is
 * OK; partitions for data hold an empty ext4 file system each.
 *
 * @throws CORE_FILE_SYSTEM_TOO_SMALL, KNOWN_STATE_PLACE_UNUSABLE, KNOWN_STATE_MANIFEST_INVALID
 */
export async function buildRedundant(options: RedundantOptions): Promise<RedundantDisks> {
  const { configuration, outFolder, onProgress = () => {} } = options;
  const { layout } = configuration;
  await mkdir(outFolder, { recursive: true });
  const folder = await mkdtemp(join(outFolder, '.building-'));
  try {
    const bootRecords = await makeBootRecords(layout);
    const images = await makePartitionImages({ ...options, bootRecords, folder, onProgress });
    const diskPaths: Record<string, string> = {};
    for (const disk of layout.disks) {
      onProgress(`write ${disk.name}.raw`);
      const path = join(folder, `${disk.name}.raw`);
      const bootRecord = bootRecords[disk.name] ?? (await makeBootRecord(disk, layout.name));
      await writeDisk({ disk, layoutName: layout.name, bootRecord, images, path, folder });
      diskPaths[disk.name] = join(outFolder, `${disk.name}.raw`);
      await rename(path, diskPaths[disk.name]!);
    }
    const configurationPath = join(outFolder, 'system', 'known-state.json');
    const packPath = join(outFolder, 'system', 'system.pack');
    await writeFileDurably(configurationPath, encodeConfiguration(configuration));
    onProgress('write system.pack');
    await writePack(packPath, { manifests: manifestsOf(images), bootRecords, blocks: packBlocks(images) });
    return { diskPaths, systemFolder: dirname(packPath), configurationPath, packPath };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The text of `known-state.json`, on the medium and in the systems. */
export function encodeConfiguration(configuration: KnownStateConfiguration): string {
  return `${JSON.stringify(configuration, undefined, 2)}\n`;
}

interface DiskOptions {
  disk: RedundantDisk;
  layoutName: string;
  bootRecord: Buffer;
  images: readonly PartitionImage[];
  path: string;
  folder: string;
}

async function writeDisk({ disk, layoutName, bootRecord, images, path, folder }: DiskOptions): Promise<void> {
  await using file = await open(path, 'w+');
  await file.truncate(disk.sizeBytes);
  await file.write(bootRecord, 0, sectorBytes, 0);
  for (const partition of disk.partitions) {
    const image = images.find(({ partition: { name } }) => name === partition.name);
    const imagePath = image?.path ?? (await makeDataPartition(partition, layoutName, folder));
    await placePartition(file, imagePath, partition.firstSector);
  }
  await file.sync();
}

async function makeDataPartition(
  { name, sectors }: RedundantPartition,
  layoutName: string,
  folder: string,
): Promise<string> {
  const path = join(folder, `${name}.img`);
  await makeExt4({
    ...{ path, sizeBytes: sectors * sectorBytes, label: name, tree: [], temporaryFolder: folder },
    uuid: fixedUuid(layoutName, name),
    hashSeed: fixedUuid(layoutName, name, 'hash seed'),
  });
  return path;
}
