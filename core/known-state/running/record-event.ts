import { join } from 'node:path';
import { announce } from '../../appliance/announce.ts';
import { reasonOf } from '../reason-of.ts';
import { appendEvent } from './event-log.ts';
import type { NotifySettings } from './notify-settings.ts';
import type { RunningSystem } from './running-system.ts';
import type { EventKind, SystemEvent } from './system-event.ts';
import { within } from './within.ts';

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

/** A disk that hangs must keep nobody from what is more important than the log. */
const writeLimitMs = 10_000;

/** Adds an event to the log, and says it on the console. Never throws, and does not wait for a log that takes nothing. */
export async function recordEvent(
  system: RunningSystem,
  settings: NotifySettings,
  event: SystemEvent,
  limitMs = writeLimitMs,
): Promise<void> {
  announce(`EVENT ${event.event} ${event.text}`);
  const added = appendEvent(event, eventLogPaths(system, settings));
  await within(limitMs, 'writing the event', added).catch((error) => announce(`PROBLEM ${reasonOf(error)}`));
}
