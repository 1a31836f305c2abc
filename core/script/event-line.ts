import type { Failure, ScriptEvent } from './script-events.ts';

/** An event as a line for people, on a console or from afar: `STEP succeeded copy {"files":12}`. Pure. */
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
