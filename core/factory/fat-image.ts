import { basename } from 'node:path';
import { runTool } from '../../foundation/index.ts';
import { coreErrors } from '../errors.ts';
import { templateTimeSeconds } from './fixed-identity.ts';

/** Where Debian's syslinux-common keeps the modules that the configuration names. */
const moduleFolder = '/usr/lib/syslinux/modules/bios';

/** The modules of syslinux that {@link bootLoaderConfiguration} needs, as files of the host. */
export const bootLoaderModules = ['reboot.c32', 'libcom32.c32'].map((name) => ({
  name,
  path: `${moduleFolder}/${name}`,
}));

/** mtools, and syslinux by way of it, take the time of directory entries from here. */
const environment = {
  SOURCE_DATE_EPOCH: String(templateTimeSeconds),
  TZ: 'UTC',
  MTOOLS_SKIP_CHECK: '1',
  MTOOLSRC: '/dev/null',
};

/**
 * Copies a file into the image of a FAT file system, without root and with a fixed time.
 *
 * @param target Its absolute path there.
 * @throws CORE_FILE_SYSTEM_TOO_SMALL
 */
export async function copyIntoFat(imagePath: string, sourcePath: string, target: string): Promise<void> {
  try {
    await runTool('mcopy', ['-i', imagePath, sourcePath, `::${target}`], { env: environment });
  } catch (error) {
    if (!(error instanceof Error) || !/disk full/i.test(error.message)) throw error;
    const tried = `copy ${basename(sourcePath)} to a system partition`;
    throw coreErrors.CORE_FILE_SYSTEM_TOO_SMALL({ tried, got: 'the partition is full' }, error);
  }
}

/** Installs syslinux: its code in the boot sector, `ldlinux.sys` and `ldlinux.c32` as hidden files. */
export async function installBootLoader(imagePath: string): Promise<void> {
  await runTool('syslinux', ['--install', imagePath], { env: environment });
}

/**
 * The boot loader's configuration: one system, no menu, no wait. What syslinux cannot load must end in a restart, since
 * nobody sits at a prompt: then what starts first on this machine decides what comes next.
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
