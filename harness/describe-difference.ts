import { diff, inspect } from 'node:util';

/** How many lines of each side are compared: the comparison takes memory by the square of what differs. */
const maxComparedLines = 1_000;
/** Lines shown around a line that differs. */
const contextLines = 3;
const maxShownLines = 60;

export interface Difference {
  expected: string;
  got: string;
  /** Of structures and of texts of several lines, line by line: `+` was got, `-` was expected. */
  difference?: string;
}

/** What was expected and got, as a check's report shows it; of structures and long texts also where they differ. */
export function describeDifference(got: unknown, expected: unknown): Difference {
  const words = { expected: show(expected), got: show(got) };
  const [gotLines, expectedLines] = [linesOf(got), linesOf(expected)];
  if (gotLines === undefined || expectedLines === undefined) return words;
  // What fits on a line, with or without its line feed, is compared by eye.
  if (isOneLine(gotLines) && isOneLine(expectedLines)) return words;
  const difference = unifiedDifference(gotLines, expectedLines);
  return difference === undefined ? words : { ...words, difference };
}

/** The lines of a text, and of a structure one line for each part; undefined for what has no parts. */
function linesOf(value: unknown): string[] | undefined {
  if (typeof value === 'string') return value.split('\n');
  if (typeof value !== 'object' || value === null) return undefined;
  return show(value, false).split('\n');
}

function isOneLine([, second, ...rest]: readonly string[]): boolean {
  return (second ?? '') === '' && rest.length === 0;
}

function unifiedDifference(got: readonly string[], expected: readonly string[]): string | undefined {
  const entries = diff(got.slice(0, maxComparedLines), expected.slice(0, maxComparedLines));
  const isNear = nearChanges(entries.map(([operation]) => operation !== 0));
  const shown: string[] = [];
  let same = 0;
  for (const [index, [operation, text]] of entries.entries()) {
    if (!isNear[index]) {
      same += 1;
      continue;
    }
    if (same > 0) shown.push(sameLines(same));
    same = 0;
    shown.push(`${operation === 0 ? ' ' : operation > 0 ? '+' : '-'} ${text}`);
  }
  // They differ in what no line shows (a prototype, a symbol), or only behind the lines that are compared.
  if (!shown.some((line) => /^[+-]/.test(line))) return undefined;
  if (same > 0) shown.push(sameLines(same));
  const cut = Math.max(0, shown.length - maxShownLines);
  const rest = cut === 0 ? [] : [`… ${cut} more lines of the difference`];
  const isPartial = got.length > maxComparedLines || expected.length > maxComparedLines;
  const limit = isPartial ? [`… compared were the first ${maxComparedLines} lines`] : [];
  return ['- expected  + got', ...shown.slice(0, maxShownLines), ...rest, ...limit].join('\n');
}

/** Which entries are changes, or so near to one that they are shown. */
function nearChanges(isChange: readonly boolean[]): boolean[] {
  return isChange.map((_, index) =>
    isChange.slice(Math.max(0, index - contextLines), index + contextLines + 1).includes(true),
  );
}

function sameLines(count: number): string {
  return `… ${count} ${count === 1 ? 'line' : 'lines'} the same`;
}

/** @param compact Small parts share a line, for reading; otherwise each has a line of its own, for comparing. */
function show(value: unknown, compact = true): string {
  return inspect(value, {
    ...{ depth: 8, maxArrayLength: 100, maxStringLength: 2_000, sorted: true },
    ...(compact ? { breakLength: 100 } : { breakLength: 1, compact: false }),
  });
}
