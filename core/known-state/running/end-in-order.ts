import { announce } from '../../appliance/announce.ts';
import { markPartition } from '../mark-partition.ts';
import { reasonOf } from '../reason-of.ts';
import type { Application } from './application.ts';
import { writeBootStatus } from './boot-status.ts';
import { changeStates } from './change-states.ts';
import { defaultNotifySettings, type NotifySettings } from './notify-settings.ts';
import { makeEvent, recordEvent } from './record-event.ts';
import type { RunningSystem } from './running-system.ts';

/** What init grants all programs is 5 seconds. */
const graceMs = 3000;

/**
 * The end of a system that was up and is shut down in order (spec B3): its partition is OK, as the last thing, when the
 * application has ended. One that has become Dirty meanwhile, such as by an update that was cut off, stays so.
 */
export async function endInOrder(
  system: RunningSystem,
  {
    application,
    settings = defaultNotifySettings,
  }: { application: Application | undefined; settings: NotifySettings | undefined },
): Promise<void> {
  try {
    await application?.stop(graceMs);
    await recordEvent(system, settings, makeEvent(system, 'shut-down', `${system.name} is shut down`));
    const { partitions } = await changeStates(system, (states) =>
      states.partitions[system.name]?.state === 'Clean' ? markPartition(states, system.name, 'OK') : states,
    );
    await writeBootStatus(system, 'ended');
    announce(`STATE ${system.name} ${partitions[system.name]?.state}`);
  } catch (error) {
    announce(`PROBLEM ${reasonOf(error)}`);
  }
}
