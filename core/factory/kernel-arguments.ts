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
  const defaults = ['console=ttyS0,115200', 'panic=5'].filter(
    (setting) => !system.kernelArguments.some((own) => own.split('=')[0] === setting.split('=')[0]),
  );
  return [
    ...system.kernelArguments,
    ...defaults,
    `assay.system=${ports.join(',')}`,
    `assay.root=${partition.number}`,
  ];
}
