import { createHash } from 'node:crypto';
import type { Machine } from '../../../vm/index.ts';
import { takeDiskSnapshot } from '../../disk-map/disk-snapshot.ts';

/**
 * All that the first start of a machine depends on, where nobody disturbs it: its hardware as it is now, and what its disks
 * hold. Two starts with the same key differ by the time and by what the guest draws at random, as any two starts do.
 *
 * @returns undefined where a disk holds too much to be read.
 * @throws WITNESS_DISK_UNREADABLE
 */
export async function startKey(machine: Machine, signal: AbortSignal): Promise<string | undefined> {
  const { hardware } = machine;
  const disks: unknown[] = [];
  for (const { path, ...disk } of hardware.disks) {
    const { digests } = await takeDiskSnapshot(path, signal);
    if (digests === undefined) return undefined;
    disks.push([disk, digests.whole]);
  }
  const facts = JSON.stringify([{ ...hardware, disks }, machine.accelerator]);
  return createHash('sha256').update(facts).digest('hex');
}
