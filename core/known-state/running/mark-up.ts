import { announce } from '../../appliance/announce.ts';
import type { BootStates } from '../boot-state.ts';
import { markPartition } from '../mark-partition.ts';
import { reasonOf } from '../reason-of.ts';
import { changeStates } from './change-states.ts';
import type { RunningSystem } from './running-system.ts';

/**
 * Writes that this system is up (spec B3): its partition is Clean, and recoveries are counted anew.
 *
 * @returns The states as written; null when they could not be written: then the system stays up, and Dirty, so that the
 * next start takes another partition.
 */
export async function markUp(system: RunningSystem): Promise<BootStates | null> {
  try {
    return await changeStates(system, (states) => ({
      ...markPartition(states, system.name, 'Clean'),
      recoveries: 0,
    }));
  } catch (error) {
    announce(`PROBLEM ${reasonOf(error)}`);
    return null;
  }
}
