import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { durably } from '../../../foundation/index.ts';
import type { SystemEvent } from './system-event.ts';

/** One file of events is at most so long; the one before it is kept beside it. */
const lengthLimitBytes = 1024 ** 2;

/**
 * Adds an event to a log, one line of JSON, synced to the disk.
 *
 * @param paths The first one that can be written is taken: where data is not mounted, the one in memory.
 * @returns The path it was written to; null when there was none.
 */
export async function appendEvent(event: SystemEvent, paths: readonly string[]): Promise<string | null> {
  for (const path of paths) {
    try {
      await mkdir(dirname(path), { recursive: true });
      await makeRoom(path);
      await using file = await open(path, 'a');
      await file.appendFile(`${JSON.stringify(event)}\n`);
      await durably('event-log.line', () => file.sync());
      return path;
    } catch {
      // The next one, then.
    }
  }
  return null;
}

/**
 * The last events of the logs, in the order of their times.
 *
 * @param count At most so many.
 */
export async function readEvents(paths: readonly string[], count: number): Promise<SystemEvent[]> {
  const events: SystemEvent[] = [];
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch(() => '');
    events.push(...text.split('\n').flatMap(parseLine));
  }
  // A clock that was set back leaves an order that nobody can know; the lines' own is kept where times agree.
  return events
    .sort((one, other) => (one.time < other.time ? -1 : one.time > other.time ? 1 : 0))
    .slice(-count);
}

async function makeRoom(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found !== null && found.size >= lengthLimitBytes) await rename(path, `${path}.1`);
}

/** A power cut may have left half a line. */
function parseLine(line: string): SystemEvent[] {
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === 'object' && event !== null && 'time' in event ? [event as SystemEvent] : [];
  } catch {
    return [];
  }
}
