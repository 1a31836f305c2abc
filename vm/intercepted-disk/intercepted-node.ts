import type { ResolvedDiskSpec } from '../machine-spec.ts';

/** QEMU's node for a disk that the runner serves. The connection is made once, when QEMU starts. */
export function interceptedNode(socketPath: string): object {
  return { driver: 'nbd', server: { type: 'unix', path: socketPath }, export: '', discard: 'unmap' };
}

/**
 * Options of the device: the guest hears of every error. By default QEMU stops the machine when a write fails for want
 * of space, as if the host's disk were full. NVMe always tells the guest and has no such options.
 */
export function reportErrors({ controller }: ResolvedDiskSpec): string {
  return controller === 'nvme' ? '' : ',rerror=report,werror=report';
}
