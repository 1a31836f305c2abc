import { describeError } from './describe-error.ts';
import { reportsErrors } from './errors.ts';
import type { EventError } from './events.ts';

/**
 * The ending of a scenario whose end is not in the log (REPORTS_RUNNER_ENDED).
 *
 * @param got What is there instead, such as `the end of the event log`.
 */
export function runnerEnded(
  scenario: string,
  got: string,
): { outcome: 'errored'; reason: string; error: EventError } {
  const error = reportsErrors.REPORTS_RUNNER_ENDED({
    tried: `run ${scenario}`,
    expected: 'a scenario-ended event',
    got,
  });
  const { stack: _stack, ...described } = describeError(error);
  return { outcome: 'errored', reason: error.summary, error: described };
}
