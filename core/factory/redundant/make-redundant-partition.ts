import { open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sectorBytes } from '../../../foundation/index.ts';
import type { PartitionAreas } from '../../known-state/configuration.ts';
import { type Area, blockBytes, manifestAreaBytes, stateAreaBytes } from '../../known-state/manifest.ts';
import type { RedundantPartition, ResolvedRedundantLayout } from '../../known-state/redundant-layout.ts';
import { bootLoaderConfiguration, bootLoaderModules, copyIntoFat, installBootLoader } from '../fat-image.ts';
import { withDefaults } from '../kernel-arguments.ts';
import { findContent } from './find-content.ts';
import { formatFat } from './format-fat.ts';

/** What a redundant system consists of, as files of the host. */
export interface RedundantSystem {
  kernelPath: string;
  initramfsPath: string;
  /** The root file system, which the running system copies into memory. */
  squashfsPath: string;
  /** Those that belong to the system; the factory adds those that belong to the partition. */
  kernelArguments: readonly string[];
}

export interface RedundantPartitionOptions {
  /** Where the file system's image is written; whatever lies there is replaced. */
  path: string;
  partition: RedundantPartition;
  layout: ResolvedRedundantLayout;
  temporaryFolder: string;
}

/** Where things lie in a partition's image. */
export interface RedundantPartitionImage {
  areas: PartitionAreas;
  /** Blocks from the first one that hold the loader, the kernel and its initial RAM file system. */
  criticalBlocks: number;
  /** The blocks from here to before `endFixedBlock` stay as they are when one more file is added. */
  firstFixedBlock: number;
  endFixedBlock: number;
}

/**
 * Makes a partition that is still without a system: FAT, and in it `bstate.txt` and `manifest.txt` before everything
 * else, so that their places follow from the layout alone. Their content is still to be written.
 *
 * @throws CORE_FILE_SYSTEM_TOO_SMALL, KNOWN_STATE_PLACE_UNUSABLE
 */
export async function makeEmptyPartition(options: RedundantPartitionOptions): Promise<PartitionAreas> {
  const { path, partition, layout, temporaryFolder } = options;
  await formatFat(path, partition, layout.name);
  const place = async (name: string, lengthBytes: number): Promise<Area> => {
    const content = placeholder(name, lengthBytes);
    const contentPath = join(temporaryFolder, name);
    await writeFile(contentPath, content);
    await copyIntoFat(path, contentPath, `/${name}`);
    return { offsetBytes: await findContent(path, content, `${name} on ${partition.name}`), lengthBytes };
  };
  const states = await place('bstate.txt', stateAreaBytes);
  return { states, manifest: await place('manifest.txt', manifestAreaBytes) };
}

/**
 * Makes a system partition that holds a whole system (spec B3, B4), without root: syslinux, kernel, initial RAM file
 * system, and the root file system as one file. What a start needs first lies first. The same inputs give the same bytes.
 *
 * @throws CORE_FILE_SYSTEM_TOO_SMALL, KNOWN_STATE_PLACE_UNUSABLE
 */
export async function makeRedundantPartition(
  options: RedundantPartitionOptions & { system: RedundantSystem },
): Promise<RedundantPartitionImage> {
  const { path, system, temporaryFolder } = options;
  const areas = await makeEmptyPartition(options);
  await installBootLoader(path);
  const configurationPath = join(temporaryFolder, 'syslinux.cfg');
  await writeFile(configurationPath, bootLoaderConfiguration(kernelArgumentsOf(options)));
  await copyIntoFat(path, configurationPath, '/syslinux.cfg');
  for (const module of bootLoaderModules) await copyIntoFat(path, module.path, `/${module.name}`);
  await copyIntoFat(path, system.kernelPath, '/vmlinuz');
  await copyIntoFat(path, system.initramfsPath, '/initramfs');
  await copyIntoFat(path, system.squashfsPath, '/root.squashfs');
  const rootOffsetBytes = await findContent(path, await beginningOf(system.squashfsPath), 'root.squashfs');
  const rootEndBytes = rootOffsetBytes + (await stat(system.squashfsPath)).size;
  return {
    areas,
    criticalBlocks: Math.ceil(rootOffsetBytes / blockBytes),
    // The first block of files has the folder of a large FAT, too.
    firstFixedBlock: Math.floor(areas.states.offsetBytes / blockBytes) + 1,
    endFixedBlock: Math.floor(rootEndBytes / blockBytes),
  };
}

/** Like nothing else, sector for sector. */
function placeholder(name: string, lengthBytes: number): Buffer {
  const sectors = Array.from({ length: lengthBytes / sectorBytes }, (_, index) =>
    Buffer.from(`ASSAY PLACE OF ${name}, SECTOR ${index}\n`.padEnd(sectorBytes, '.')),
  );
  return Buffer.concat(sectors);
}

/** By which the initial RAM file system finds the partition, and the system knows which one it is. */
function kernelArgumentsOf({
  layout,
  partition,
  system,
}: Parameters<typeof makeRedundantPartition>[0]): string[] {
  const { ports } = layout.disks.find(({ name }) => name === partition.disk)!;
  return [
    ...withDefaults(system.kernelArguments),
    `assay.system=${ports.join(',')}`,
    `assay.root=${partition.number}`,
    `assay.partition=${partition.name}`,
  ];
}

async function beginningOf(path: string): Promise<Buffer> {
  await using file = await open(path, 'r');
  const bytes = Buffer.alloc(4096);
  const { bytesRead } = await file.read(bytes);
  return bytes.subarray(0, bytesRead);
}
