import type { Machine } from '../appliance/machine.ts';
import { coreErrors } from '../errors.ts';
import type { ManufacturingRecord } from '../records/index.ts';

/** The manufacturing record with what a master adds to it. */
export interface ManufacturingProgress extends ManufacturingRecord {
  /** SHA-256 of the backup area's manifest: a backup that does not have it is never restored (spec M10). */
  backupHash?: string;
  /** Rebuilds since the primary was last ready; two in vain, and the emergency system stays (spec M10). */
  rebuilds?: number;
}

/**
 * How far this disk has come.
 *
 * @throws CORE_RECORD_DAMAGED
 */
export async function readProgress(machine: Machine): Promise<ManufacturingProgress | null> {
  await using record = await machine.record<ManufacturingProgress>('manufacturing');
  return await record.read();
}

/** Changes the record; on the disk, in all copies, when this returns. */
export async function changeProgress(
  machine: Machine,
  change: (progress: ManufacturingProgress) => ManufacturingProgress,
): Promise<ManufacturingProgress> {
  await using record = await machine.record<ManufacturingProgress>('manufacturing');
  const progress = await record.read();
  if (progress === null) {
    throw coreErrors.CORE_PRE_INSTALL_INCOMPLETE({
      tried: 'change the manufacturing record',
      got: 'an empty one',
    });
  }
  const changed = change(progress);
  await record.write(changed);
  return changed;
}
