import type { ReadEventLog } from './event-log-reader.ts';
import { RunFold } from './run-fold.ts';
import type { Run } from './run-model.ts';

/**
 * Folds the events of a whole log into the model that every report is made from. A scenario that the log leaves
 * unfinished is errored: "the runner ended before the scenario did".
 *
 * @param goesOn The run's runner still runs: what is unfinished is under way.
 * @throws REPORTS_EVENT_INVALID where an event names a scenario, step or machine that was never started.
 */
export function summariseRun(log: ReadEventLog, { goesOn = false } = {}): Run {
  const [first, ...others] = log.events;
  const fold = new RunFold(first!);
  for (const event of others) fold.apply(event);
  if (goesOn && fold.run.state === 'running') return fold.run;
  if (log.tornLine !== undefined) {
    const { lineNumber, sizeBytes } = log.tornLine;
    fold.run.warnings.push(
      `line ${lineNumber} of the event log is torn (${sizeBytes} bytes): its event is lost`,
    );
  }
  fold.finish();
  return fold.run;
}
