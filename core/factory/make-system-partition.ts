import { open, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runTool } from '../../foundation/index.ts';
import { coreErrors } from '../errors.ts';
import type { ResolvedPartition } from '../layout/resolve-layout.ts';
import { templateTimeSeconds } from './fixed-identity.ts';
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

/** Where Debian's syslinux-common keeps the modules that the configuration names. */
const moduleFolder = '/usr/lib/syslinux/modules/bios';
const modules = ['reboot.c32', 'libcom32.c32'];

/** mtools, and syslinux by way of it, take the time of directory entries from here. */
const environment = {
  SOURCE_DATE_EPOCH: String(templateTimeSeconds),
  TZ: 'UTC',
  MTOOLS_SKIP_CHECK: '1',
  MTOOLSRC: '/dev/null',
};

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
  await copyIn(path, system.kernelPath, '/vmlinuz');
  await copyIn(path, system.initramfsPath, '/initramfs');
  await copyIn(path, configurationPath, '/syslinux.cfg');
  for (const name of modules) await copyIn(path, join(moduleFolder, name), `/${name}`);
  await runTool('syslinux', ['--install', path], { env: environment });
}

/**
 * The boot loader's configuration: one system, no menu, no wait. What syslinux cannot load must end in a restart, since
 * nobody sits at a prompt: then the master boot record counts the next attempt.
 */
export function bootLoaderConfiguration(kernelArguments: readonly string[]): string {
  return [
    'DEFAULT system',
    'PROMPT 0',
    'TIMEOUT 0',
    'NOESCAPE 1',
    'ONERROR reboot.c32',
    'LABEL system',
    '  LINUX /vmlinuz',
    '  INITRD /initramfs',
    `  APPEND ${kernelArguments.join(' ')}`,
    '',
  ].join('\n');
}

async function copyIn(imagePath: string, sourcePath: string, target: string): Promise<void> {
  try {
    await runTool('mcopy', ['-i', imagePath, sourcePath, `::${target}`], { env: environment });
  } catch (error) {
    if (!(error instanceof Error) || !/disk full/i.test(error.message)) throw error;
    const tried = `copy ${basename(sourcePath)} to a system partition`;
    throw coreErrors.CORE_FILE_SYSTEM_TOO_SMALL({ tried, got: 'the partition is full' }, error);
  }
}
