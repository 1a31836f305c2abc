import { statfs } from 'node:fs/promises';
import { foundationErrors } from '../foundation/index.ts';
import { vmErrors } from './errors.ts';
import { stallOf } from './machine-end.ts';
import type { MachineStrain } from './machine-strain.ts';
import type { QmpClient } from './qmp-client.ts';

/** A console's log cannot go on with less; QEMU then drops what the guest prints and says nothing. */
const leastFreeBytes = 64 * 1024;

/**
 * A wait on a machine is over: whether the host is to blame and not the product. QEMU does not run the machine, what the
 * guest prints cannot be recorded, or the machine got too little of the host since `sinceMs`.
 *
 * @returns the error to report, or undefined when the host was fair.
 */
export async function hostExcuse(
  machine: { name: string; folder: string; qmp: QmpClient; strain: MachineStrain },
  sinceMs: number,
): Promise<Error | undefined> {
  // Before anything is awaited: the question itself shall not lengthen the time it is about.
  const strain = machine.strain.evidence(sinceMs);
  const stall = (await stallOf(machine.qmp, machine.name)) ?? (await fullDisk(machine.name, machine.folder));
  // QEMU gives no answer while it is stopped or starved, and why says more.
  const isSilent = (stall as { code?: string } | undefined)?.code === 'VM_QMP_TIMEOUT';
  if (strain === undefined || (stall && !isSilent)) return stall;
  const tried = `run machine ${machine.name}`;
  return vmErrors.VM_MACHINE_STALLED({
    tried,
    expected: 'its share of the host',
    got: strain,
    remedy: 'run fewer at once (--jobs 1), free the host, or raise --timeout-scale',
  });
}

async function fullDisk(name: string, folder: string): Promise<Error | undefined> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= leastFreeBytes) return undefined;
  return foundationErrors.FOUNDATION_DISK_FULL({
    tried: `record the consoles of machine ${name}`,
    where: folder,
    got: `${bavail * bsize} bytes are free`,
  });
}
