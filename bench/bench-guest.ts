import { open } from 'node:fs/promises';
import { buildBenchSystem } from '../images/index.ts';
import type { MachineSpec } from '../vm/index.ts';

/** The line that the bench system prints when its shell is about to start. */
export const benchReadyText = 'ASSAY BENCH UP';

const diskBytes = 64 * 1024 * 1024;

/**
 * A machine with the bench system (kernel and busybox in an initial RAM file system), one disk that keeps what is
 * written and one network card, as appliances have them.
 *
 * @param diskPath Made when it is not there.
 * @param initCommand A command of the guest's shell that takes the place of its init.
 */
export async function benchGuest(name: string, diskPath: string, initCommand?: string): Promise<MachineSpec> {
  const { kernelPath, initramfsPath, kernelArguments } = await buildBenchSystem();
  const init = initCommand === undefined ? [] : [`rdinit=/usr/bin/sh -- -c "${initCommand}"`];
  const disk = await open(diskPath, 'a');
  await disk.truncate(diskBytes);
  await disk.close();
  return {
    name,
    memoryMiB: 256,
    directBoot: { kernelPath, initramfsPath, kernelArguments: [...kernelArguments, ...init].join(' ') },
    disks: [{ name: 'data', path: diskPath, controller: 'virtio', writes: 'kept' }],
    nics: [{ mac: '00:1b:21:00:00:01', forwardTcpPorts: [80] }],
  };
}
