import { drillTable } from './drill-table.ts';
import { countOutcomes } from './outcome-counts.ts';
import type { Run } from './run-model.ts';
import { timeSpent } from './time-spent.ts';

/** Changes whenever a reader of the JSON report would have to change. */
export const reportVersion = 1;

/**
 * The whole model as JSON, for machines: `reportVersion`, `counts`, `timeSpent`, `drills` where there are any (see `drillTable`), and
 * everything of {@link Run}.
 * Texts are as they were, not sanitised. The text can stand in an HTML script element: it holds no `<`.
 *
 * @param more What a command says beside the run, under keys of its own.
 */
export function jsonReport(run: Run, more: Readonly<Record<string, unknown>> = {}): string {
  const drills = drillTable(run);
  const report = {
    reportVersion,
    counts: countOutcomes(run),
    timeSpent: timeSpent(run),
    ...(drills && { drills }),
    ...run,
    ...more,
  };
  return `${JSON.stringify(report, undefined, 2)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')}\n`;
}
