import { join } from 'node:path';
import type { BootState, BootStates } from '../boot-state.ts';
import { markPartition } from '../mark-partition.ts';
import { changeBootStates } from '../state-store.ts';
import { withLock } from './lock.ts';
import type { RunningSystem } from './running-system.ts';

/** A change takes a fraction of a second; who holds the lock longer than this hangs. */
const waitMs = 10_000;

/**
 * Changes the boot states, one program of the running system after the other: the service and the commands know nothing
 * of each other.
 *
 * @throws KNOWN_STATE_STATES_UNWRITABLE, KNOWN_STATE_BUSY
 */
export async function changeStates(
  { places, located, openDisk }: RunningSystem,
  change: (states: BootStates) => BootStates,
): Promise<BootStates> {
  const options = { tried: 'change the boot states', waitMs };
  return await withLock(join(places.runFolder, 'states.lock'), options, async () => {
    return (await changeBootStates(located.partitions, change, openDisk)).states;
  });
}

/** Marks one partition; see {@link changeStates}. */
export async function changeState(
  system: RunningSystem,
  partition: string,
  state: BootState,
  reason: string,
): Promise<BootStates> {
  return await changeStates(system, (states) => markPartition(states, partition, state, reason));
}
