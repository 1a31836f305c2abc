import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Failure, ScriptEvent } from '../script/index.ts';

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

/** An event as a line of the console, without the `ASSAY` before it: `STEP succeeded copy {"files":12}`. Pure. */
export function eventLine(event: ScriptEvent): string {
  switch (event.type) {
    case 'script-started':
      return `SCRIPT started ${event.script} ${event.path}`;
    case 'step-started':
      return `STEP started ${event.step}`;
    case 'step-log':
      return `STEP log ${event.step}: ${event.text}`;
    case 'step-ended': {
      const { step, outcome, reason, error, facts = {} } = event;
      if (error !== undefined) return `STEP ${outcome} ${step} ${failureText(error)}`;
      return `STEP ${outcome} ${step} ${reason ?? JSON.stringify(facts)}`;
    }
    case 'script-ended': {
      const { script, outcome, error, durationMs, end } = event;
      if (error !== undefined) return `SCRIPT ${outcome} ${script} ${failureText(error)}`;
      return `SCRIPT ${outcome} ${script} ${JSON.stringify({ durationMs, ...(end && { end }) })}`;
    }
  }
}

function failureText({ code, message }: Failure): string {
  return code === undefined ? message : `${code}: ${message}`;
}
