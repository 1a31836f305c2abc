import { findDisk, findPartition } from '../layout/find-in-layout.ts';
import type { ResolvedLayout } from '../layout/resolve-layout.ts';
import type { SystemImage } from './system-image.ts';

/**
 * The kernel's arguments on a disk: the system's own, console and restart after a panic unless it names them, and where the initial RAM
 * file system finds the root: by the disk's port and the partition's number, since clones share every UUID.
 */
export function composeKernelArguments(
  layout: ResolvedLayout,
  system: Pick<SystemImage, 'name' | 'kernelArguments'>,
): string[] {
  const { ports } = findDisk(layout, 'system');
  const { partition } = findPartition(layout, `${system.name}-root`);
  return [
    ...withDefaults(system.kernelArguments),
    `assay.system=${ports.join(',')}`,
    `assay.root=${partition.number}`,
  ];
}

/** A system's own arguments, and those that every system of an appliance has unless it names them itself. */
export function withDefaults(own: readonly string[]): string[] {
  const defaults = ['console=ttyS0,115200', 'panic=5'].filter(
    (setting) => !own.some((argument) => argument.split('=')[0] === setting.split('=')[0]),
  );
  return [...own, ...defaults];
}
