import { announce } from '../../appliance/announce.ts';
import { markPartition } from '../mark-partition.ts';
import { reasonOf } from '../reason-of.ts';
import { changeStates } from './change-states.ts';
import { defaultNotifySettings, type NotifySettings } from './notify-settings.ts';
import { makeEvent, recordEvent } from './record-event.ts';
import { resetMachine } from './reset-machine.ts';
import type { RunningSystem } from './running-system.ts';
import { within } from './within.ts';

/** A disk that hangs must not keep the machine from its reset. */
const limitMs = 15_000;

export interface FailOptions {
  settings?: NotifySettings;
  reset?(reason: string): Promise<unknown>;
  /** How many recoveries were counted before it was up, where it was not up for long enough to forget them. */
  recoveries?: number;
}

/**
 * The end of a system that has failed (spec B7): its partition is Dirty, with the reason, before the machine is reset, so
 * that the next start takes another one. Does not return, unless `reset` does.
 */
export async function failSystem(
  system: RunningSystem,
  reason: string,
  { settings = defaultNotifySettings, reset = resetMachine, recoveries = 0 }: FailOptions = {},
): Promise<void> {
  announce(`FAILED ${JSON.stringify({ system: system.name, version: system.version, reason })}`);
  try {
    const written = changeStates(system, (states) => ({
      ...markPartition(states, system.name, 'Dirty', reason),
      recoveries: Math.max(states.recoveries, recoveries),
    }));
    await within(limitMs, 'writing the boot states', written);
  } catch (error) {
    // What was written when it started may still be Clean; the reset is the best that can be done.
    announce(`PROBLEM ${reasonOf(error)}`);
  }
  await recordEvent(system, settings, makeEvent(system, 'failed', `${system.name} has failed: ${reason}`));
  await reset(reason);
}
