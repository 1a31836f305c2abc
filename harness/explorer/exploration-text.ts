import type { SpanReport } from './span-report.ts';

/**
 * What `explore.json` holds. Its version changes when a reader would have to change; what a reader does not know it may pass
 * over. Time lines have a version of their own; each stands in one line, without what is zero in it.
 */
export function explorationText(seed: string, spans: readonly SpanReport[]): string {
  const texts = spans.map(spanText).join(',\n');
  const list = texts === '' ? '[]' : `[\n${texts}\n]`;
  return `{\n"version": 1,\n"seed": ${JSON.stringify(seed)},\n"spans": ${list}\n}\n`;
}

function spanText({ timeLine, ...span }: SpanReport): string {
  const text = JSON.stringify(span, null, 2);
  if (timeLine === undefined) return text;
  const columns = timeLine.columns.map((column) =>
    withoutNothing({ ...column, hits: column.hits.map(withoutNothing) }),
  );
  const line = JSON.stringify({ ...timeLine, columns, totals: withoutNothing(timeLine.totals) });
  return `${text.slice(0, -'\n}'.length)},\n  "timeLine": ${line}\n}`;
}

/** A place is named by its number, which may be 0. */
function withoutNothing(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isSaid = ([key, value]: [string, unknown]) =>
    key === 'place' || (value !== 0 && !(Array.isArray(value) && value.length === 0));
  return Object.fromEntries(Object.entries(fields).filter(isSaid));
}
