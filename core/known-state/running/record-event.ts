import { join } from 'node:path';
import { announce } from '../../appliance/announce.ts';
import { appendEvent } from './event-log.ts';
import type { NotifySettings } from './notify-settings.ts';
import type { RunningSystem } from './running-system.ts';
import type { EventKind, SystemEvent } from './system-event.ts';

export type EventFacts = Partial<Pick<SystemEvent, 'passedOver' | 'states'>>;

/** Makes an event of this machine. */
export function makeEvent(
  { machine, name, version }: RunningSystem,
  event: EventKind,
  text: string,
  facts: EventFacts = {},
): SystemEvent {
  return { time: new Date().toISOString(), machine, event, running: name, version, text, ...facts };
}

/** Where events go, the preferred place first: without data they are kept in memory, and said on the console. */
export function eventLogPaths({ places }: RunningSystem, { eventLog }: NotifySettings): string[] {
  return [eventLog, join(places.runFolder, 'events.jsonl')];
}

/** Adds an event to the log, and says it on the console. Never throws. */
export async function recordEvent(
  system: RunningSystem,
  settings: NotifySettings,
  event: SystemEvent,
): Promise<void> {
  announce(`EVENT ${event.event} ${event.text}`);
  await appendEvent(event, eventLogPaths(system, settings));
}
