import { reportsErrors } from './errors.ts';
import type { RunEvent } from './events.ts';

/** The error of an event that is well formed but cannot come at this place of a log. */
export function misplaced(event: RunEvent, expected: string): Error {
  return reportsErrors.REPORTS_EVENT_INVALID({
    tried: `take up an event of kind ${event.kind} at ${event.atMs} ms`,
    expected,
    got: JSON.stringify(event).slice(0, 500),
  });
}
