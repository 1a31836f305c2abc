import { vmErrors } from '../errors.ts';
import type { ResolvedDiskSpec } from '../machine-spec.ts';

/** The options of QEMU's virtio-blk for a disk whose writes are recorded: each request of the guest for itself. */
export const writeLogDeviceOptions = 'request-merging=off';

/**
 * Puts QEMU's blklogwrites over a disk's node, so that every write, flush and discard goes into a log (design 7).
 * Without a log, the node is returned as it is.
 */
export function withWriteLog(below: object, logPath: string | undefined): object {
  if (logPath === undefined) return below;
  // At each flush QEMU would flush the log, too, and the guest would wait for that. The log only has to outlive QEMU.
  const log = { driver: 'file', filename: logPath, cache: { 'no-flush': true } };
  return { driver: 'blklogwrites', discard: 'unmap', file: below, log, 'log-sector-size': 512 };
}

/** @throws VM_SPEC_INVALID when the writes of a disk cannot be recorded as the guest meant them. */
export function checkWriteLog(machineName: string, disks: readonly ResolvedDiskSpec[]): void {
  const disk = disks.find(({ writeLog, controller }) => writeLog && controller !== 'virtio');
  if (disk === undefined) return;
  throw vmErrors.VM_SPEC_INVALID({
    tried: `record the writes of disk ${disk.name} of machine ${machineName}`,
    expected: 'controller virtio, where the log has every flush that the guest has asked for',
    got: `controller ${disk.controller}: ${reason(disk.controller)}`,
  });
}

function reason(controller: ResolvedDiskSpec['controller']): string {
  return controller === 'nvme'
    ? 'that of QEMU 7.2 tells the guest that it has FUA and drops it, so that durable writes look as if they could be lost'
    : 'nobody has measured whether its flushes reach the log';
}
