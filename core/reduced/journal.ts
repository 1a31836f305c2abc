import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { eventLine, type ScriptEvent } from '../script/index.ts';

/** Where a session says what happens: on the console for people and harness, in a file for what comes later. */
export interface Journal {
  /** `announce` of the appliance: one line with `ASSAY` before it. */
  announce(text: string): void;
  /** JSON, one event a line, with its time. */
  logPath: string;
}

/** Writes an event down. Never throws: a full memory is no reason to end a repair. */
export function writeEvent(event: ScriptEvent, { announce, logPath }: Journal): void {
  announce(eventLine(event));
  try {
    mkdirSync(dirname(logPath), { recursive: true });
    appendFileSync(logPath, `${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`);
  } catch {
    // It was said on the console.
  }
}
