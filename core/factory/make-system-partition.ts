import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../../foundation/index.ts';
import type { ResolvedPartition } from '../layout/resolve-layout.ts';
import { bootLoaderConfiguration, bootLoaderModules, copyIntoFat, installBootLoader } from './fat-image.ts';
import type { SystemImage } from './system-image.ts';

export interface SystemPartitionOptions {
  /** Where the file system's image is written; whatever lies there is replaced. */
  path: string;
  partition: ResolvedPartition;
  sizeBytes: number;
  volumeNumber: number;
  system: SystemImage;
  kernelArguments: readonly string[];
  /** An empty folder for the boot loader's configuration. */
  temporaryFolder: string;
}

/**
 * Makes a system partition: FAT with syslinux, a kernel and its initial RAM file system (spec M1), without root; the
 * same inputs give the same bytes (spec M12).
 *
 * @throws CORE_FILE_SYSTEM_TOO_SMALL
 */
export async function makeSystemPartition(options: SystemPartitionOptions): Promise<void> {
  const { path, partition, sizeBytes, volumeNumber, system, temporaryFolder } = options;
  const file = await open(path, 'w');
  await file.truncate(sizeBytes);
  await file.close();
  await runTool('mkfs.fat', [
    ...['--invariant', '-i', volumeNumber.toString(16).padStart(8, '0'), '-n', partition.label],
    ...['-h', String(partition.firstSector), path],
  ]);
  const configurationPath = join(temporaryFolder, 'syslinux.cfg');
  await writeFile(configurationPath, bootLoaderConfiguration(options.kernelArguments));
  await copyIntoFat(path, system.kernelPath, '/vmlinuz');
  await copyIntoFat(path, system.initramfsPath, '/initramfs');
  await copyIntoFat(path, configurationPath, '/syslinux.cfg');
  for (const module of bootLoaderModules) await copyIntoFat(path, module.path, `/${module.name}`);
  await installBootLoader(path);
}
