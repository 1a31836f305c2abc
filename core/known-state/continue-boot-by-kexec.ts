import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { durably, errorMessage } from '../../foundation/index.ts';
import { watchdogPort } from '../boot-loader/watchdog.ts';
import type { StepContext } from '../script/step-kind.ts';
import { type MountVolume, mountVolume } from '../script/steps/mount-volume.ts';
import { knownStateErrors } from './errors.ts';

export interface KexecOptions {
  /** The system partition, such as `/dev/vda1`: FAT, with `/vmlinuz`, `/initramfs` and `/syslinux.cfg`. */
  partitionDevice: string;
  /** What is written to the watchdog's port just before the start (`watchdogValue`); none without it. */
  watchdog?: number;
  runProgram: StepContext['runProgram'];
  /** Mounts the partition; tests have a folder. */
  mount?: MountVolume;
  /** The machine's ports, one byte each; another file in tests. */
  portsPath?: string;
}

const workFolder = '/run/assay/continue-boot';

/**
 * Continues the boot with the kernel of a system partition, started from the running one (spec B1): quicker than the
 * chain of boot loaders, but the firmware's state is not a new one, and the partition's boot loader is passed over.
 *
 * Never returns. Nothing of the running system is ended in order: what it should keep has to be on disk before.
 *
 * @throws KNOWN_STATE_KEXEC_FAILED, SCRIPT_PROGRAM_FAILED; the partition is then not mounted, and no watchdog set going
 * unless it was the very last step that failed.
 */
export async function continueByKexec(options: KexecOptions): Promise<never> {
  const { partitionDevice, watchdog, runProgram, mount = mountVolume } = options;
  const volume = { device: partitionDevice, fileSystem: 'vfat', readOnly: true } as const;
  const mounted = await mount(volume, workFolder, { runProgram });
  try {
    await loadKernel(mounted.folder, options);
  } finally {
    await mounted.unmount();
  }
  await durably('continue-by-kexec.sync', () => runProgram('sync', []));
  if (watchdog !== undefined) await startWatchdog(watchdog, options.portsPath);
  await runProgram('kexec', ['-e']);
  throw failed(options, 'start the kernel', 'an end of the running kernel', 'kexec came back');
}

async function loadKernel(folder: string, options: KexecOptions): Promise<void> {
  const configuration = await readFile(join(folder, 'syslinux.cfg'), 'utf8').catch((error) => {
    throw failed(options, 'read syslinux.cfg', 'the configuration of syslinux', errorMessage(error), error);
  });
  const lines = kernelArgumentLines(configuration);
  const [kernelArguments] = lines;
  if (kernelArguments === undefined || lines.length > 1) {
    throw failed(options, 'read syslinux.cfg', 'one line APPEND', `${lines.length} of them`);
  }
  // Without a second check of what was just read: nothing can change it before the start, and it costs a second.
  const [kernel, initramfs] = [join(folder, 'vmlinuz'), join(folder, 'initramfs')];
  await options.runProgram('kexec', [
    ...['--load', '--no-checks', kernel, `--initrd=${initramfs}`, `--command-line=${kernelArguments}`],
  ]);
}

/** What stands after APPEND, on every line of that kind (syslinux wiki, "Config"). */
function kernelArgumentLines(configuration: string): string[] {
  return [...configuration.matchAll(/^[ \t]*APPEND[ \t]+(\S.*?)[ \t\r]*$/gim)].map((match) => match[1]!);
}

/** From here on, whatever hangs ends in a restart. */
async function startWatchdog(value: number, portsPath = '/dev/port'): Promise<void> {
  await using ports = await open(portsPath, 'r+');
  await ports.write(Uint8Array.of(value), 0, 1, watchdogPort);
}

function failed(
  { partitionDevice: where }: KexecOptions,
  tried: string,
  expected: string,
  got: string,
  cause?: unknown,
): Error {
  return knownStateErrors.KNOWN_STATE_KEXEC_FAILED({ tried, where, expected, got }, cause);
}
