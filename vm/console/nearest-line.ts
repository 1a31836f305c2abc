import { distance } from 'fastest-levenshtein';
import type { ConsolePattern } from './console-window.ts';

export interface NearestLine {
  line: string;
  /** It says what was expected: an earlier wait has taken it. */
  isWhatWasExpected: boolean;
}

/** Of a longer expectation only the beginning is compared, as of a longer line. */
const comparedCharacters = 80;
/** A line is near when at most this part of the expectation would have to be changed. */
const maxChangedPart = 0.5;
/** What is shorter is near to everything. */
const minWantedCharacters = 4;

/**
 * The line that comes nearest to what was expected: a typing error, another case, a number that differs. Undefined
 * when none is near. Of a regular expression its plain words count.
 */
export function nearestLine(
  patterns: readonly ConsolePattern[],
  lines: readonly string[],
): NearestLine | undefined {
  const taken = lines.findLast((line) => patterns.some((pattern) => isIn(line, pattern)));
  if (taken !== undefined) return { line: taken, isWhatWasExpected: true };
  const wanted = patterns.map(plainWords).filter((words) => words.length >= minWantedCharacters);
  const candidates = lines
    .filter((line) => line.trim() !== '')
    .map((line) => ({ line, changedPart: Math.min(1, ...wanted.map((words) => changedPart(words, line))) }));
  const [nearest] = candidates.reverse().sort((one, other) => one.changedPart - other.changedPart);
  if (nearest === undefined || nearest.changedPart > maxChangedPart) return undefined;
  return { line: nearest.line, isWhatWasExpected: false };
}

function isIn(line: string, pattern: ConsolePattern): boolean {
  return typeof pattern === 'string'
    ? line.includes(pattern.trim()) && pattern.trim() !== ''
    : new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).test(`${line}\n`);
}

/** The longest piece of a regular expression that stands for itself; of a text its longest line. */
function plainWords(pattern: ConsolePattern): string {
  const pieces =
    typeof pattern === 'string'
      ? pattern.split(/\r?\n/)
      : pattern.source
          .split(/\\[a-z]|\[[^\]]*\]|[.*+?^${}()|]|\\n/i)
          .map((piece) => piece.replaceAll('\\', ''));
  const longest = pieces.reduce((longer, piece) => (piece.length > longer.length ? piece : longer), '');
  return longest.trim().slice(0, comparedCharacters).toLowerCase();
}

/** How much of the words would have to be changed to find them somewhere in the line; 0 is none, 1 is all. */
function changedPart(words: string, line: string): number {
  const text = line.toLowerCase().slice(0, 5 * comparedCharacters);
  const last = Math.max(0, text.length - words.length);
  let least = words.length;
  for (let start = 0; start <= last && least > 0; start += 1) {
    least = Math.min(least, distance(words, text.slice(start, start + words.length)));
  }
  return least / words.length;
}
