import type { BootStates } from '../boot-state.ts';
import { systemPartitions } from '../redundant-layout.ts';
import { readBootStates } from '../state-store.ts';
import { type BootStatus, readBootStatus } from './boot-status.ts';
import { readEvents } from './event-log.ts';
import { readNotifySettings } from './notify-settings.ts';
import { eventLogPaths } from './record-event.ts';
import type { RunningSystem } from './running-system.ts';
import type { SystemEvent } from './system-event.ts';

/** What `known-state status` knows. */
export interface SystemStatus {
  /** The partition that runs. */
  running: string;
  version: string;
  /** What the service says; null when it has not run. */
  service: BootStatus | null;
  /** Null when no partition holds a valid copy. */
  states: BootStates | null;
  /** Partitions and disks that are missing or cannot be read, with the reason. */
  problems: { partition: string; problem: string }[];
  /** The last ones, oldest first. */
  events: SystemEvent[];
}

const eventCount = 10;

/** Gathers what is known of the running system and its partitions. */
export async function gatherStatus(system: RunningSystem): Promise<SystemStatus> {
  const { places, located, name, version, openDisk } = system;
  const { settings } = await readNotifySettings(places.notifyPaths);
  const { states, problems } = await readBootStates(located.partitions, openDisk);
  return {
    ...{ running: name, version, service: await readBootStatus(system), states },
    problems: [...located.problems, ...problems],
    events: await readEvents(eventLogPaths(system, settings), eventCount),
  };
}

/** The status as text for people. Pure. */
export function describeStatus(
  status: SystemStatus,
  { configuration }: Pick<RunningSystem, 'configuration'>,
): string {
  const { running, version, service, states, problems, events } = status;
  const names = systemPartitions(configuration.layout).map((partition) => partition.name);
  const width = Math.max(...names.map((name) => name.length));
  const lines = [
    `running from ${running}, version ${version}; ${stageOf(service)}`,
    ...names.map((name) => {
      const { state = 'unknown', reason = '', time = '' } = states?.partitions[name] ?? {};
      return `  ${name.padEnd(width)}  ${state.padEnd(7)}  ${time}  ${reason}`.trimEnd();
    }),
    ...problems.map(({ partition, problem }) => `  ${partition}: ${problem}`),
    ...Object.entries(service?.data ?? {}).map(
      ([partition, report]) => `  ${partition.padEnd(width)}  ${report}`,
    ),
    ...(events.length === 0 ? [] : ['last events:']),
    ...events.map(({ time, event, text }) => `  ${time}  ${event}  ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}

function stageOf(service: BootStatus | null): string {
  return service === null ? 'the service has not run' : `${service.stage} since ${service.since}`;
}
