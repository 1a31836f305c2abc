import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { reportsErrors } from './errors.ts';
import { type RunEvent, runEventSchema, schemaVersion } from './events.ts';

/** The events of a log, and the torn last line where there is one: its number from 1, and how much of it there is. */
export interface ReadEventLog {
  events: RunEvent[];
  tornLine?: { lineNumber: number; sizeBytes: number };
}

/** The name of the event log in a run's folder. */
export const eventLogName = 'events.jsonl';

/**
 * Reads the event log of a run, also while the run goes on or after its runner died: a last line without its line
 * feed is left out and named in the result. Nothing else is left out.
 *
 * @param path the file, or the run's folder.
 * @throws REPORTS_LOG_UNREADABLE, REPORTS_LOG_EMPTY, REPORTS_LOG_NEWER, and REPORTS_LOG_DAMAGED with the line number.
 */
export async function readEventLog(path: string): Promise<ReadEventLog> {
  let bytes: Buffer;
  let file = path;
  try {
    if ((await stat(path)).isDirectory()) file = join(path, eventLogName);
    bytes = await readFile(file);
  } catch (error) {
    const got = error instanceof Error ? error.message : String(error);
    throw reportsErrors.REPORTS_LOG_UNREADABLE({ tried: `read ${file}`, got }, error);
  }
  return parseEventLog(bytes, file);
}

/** The same for bytes that have been read already; `path` is for error messages only. */
export function parseEventLog(bytes: Uint8Array, path: string): ReadEventLog {
  const events: RunEvent[] = [];
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1) break;
    events.push(parseLine(bytes.subarray(start, end), events.at(-1), `${path}, line ${events.length + 1}`));
    start = end + 1;
  }
  const tornBytes = bytes.length - start;
  if (events.length === 0) {
    throw reportsErrors.REPORTS_LOG_EMPTY({
      tried: `read ${path}`,
      got: `${tornBytes} bytes without a line feed`,
    });
  }
  if (tornBytes === 0) return { events };
  return { events, tornLine: { lineNumber: events.length + 1, sizeBytes: tornBytes } };
}

function parseLine(line: Uint8Array, previous: RunEvent | undefined, where: string): RunEvent {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line));
  } catch (error) {
    throw damaged(where, 'one JSON object in UTF-8', error instanceof Error ? error.message : String(error));
  }
  if (previous === undefined) refuseNewerVersion(value, where);
  const parsed = runEventSchema.safeParse(value);
  if (!parsed.success) {
    throw damaged(where, `an event of schema version ${schemaVersion}`, z.prettifyError(parsed.error));
  }
  const event = parsed.data;
  if ((event.kind === 'run-started') !== (previous === undefined)) {
    throw damaged(where, 'run-started as the first event, and only there', event.kind);
  }
  if (previous !== undefined && event.atMs < previous.atMs) {
    throw damaged(where, `an event at ${previous.atMs} ms or later`, `one at ${event.atMs} ms`);
  }
  return event;
}

function refuseNewerVersion(value: unknown, where: string): void {
  const version = z.object({ schemaVersion: z.number() }).safeParse(value);
  if (!version.success || version.data.schemaVersion <= schemaVersion) return;
  throw reportsErrors.REPORTS_LOG_NEWER({
    tried: 'read the event log',
    where,
    expected: `schema version ${schemaVersion} or lower`,
    got: `schema version ${version.data.schemaVersion}`,
  });
}

function damaged(where: string, expected: string, got: string): Error {
  return reportsErrors.REPORTS_LOG_DAMAGED({ tried: 'read the event log', where, expected, got });
}
