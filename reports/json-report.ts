import { countOutcomes } from './outcome-counts.ts';
import type { Run } from './run-model.ts';
import { timeSpent } from './time-spent.ts';

/** Changes whenever a reader of the JSON report would have to change. */
export const reportVersion = 1;

/**
 * The whole model as JSON, for machines: `reportVersion`, `counts`, `timeSpent`, and everything of {@link Run}.
 * Texts are as they were, not sanitised. The text can stand in an HTML script element: it holds no `<`.
 */
export function jsonReport(run: Run): string {
  const report = { reportVersion, counts: countOutcomes(run), timeSpent: timeSpent(run), ...run };
  return `${JSON.stringify(report, undefined, 2)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')}\n`;
}
