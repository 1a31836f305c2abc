import type { ConsolePattern, ConsoleView, ConsoleWindow, WindowMatch } from './console-window.ts';

/** What was expected, found. */
export interface ConsoleMatch<Key extends string = string> {
  /** Which of several patterns it was. */
  which: Key;
  text: string;
  /** The groups of a regular expression. */
  groups: readonly (string | undefined)[];
  /** What was printed between the last match and this one, in the view where it was found. */
  before: string;
  /** `program`: with the kernel's lines taken out; `raw`: only with them in. */
  view: ConsoleView;
}

/** The patterns of one wait, by the name that the scenario gave each. */
export type PatternsByKey<Key extends string> = Readonly<Record<Key, ConsolePattern>>;

/** Finds which pattern comes first, and consumes it with all before it. */
export function takeFirstMatch<Key extends string>(
  window: ConsoleWindow,
  patterns: PatternsByKey<Key>,
): ConsoleMatch<Key> | undefined {
  const found = (Object.keys(patterns) as Key[])
    .map((which) => ({ which, match: window.find(patterns[which]) }))
    .filter((entry): entry is { which: Key; match: WindowMatch } => entry.match !== undefined)
    .sort((left, right) => rank(left.match) - rank(right.match) || left.match.index - right.match.index);
  const first = found[0];
  if (!first) return undefined;
  window.consume(first.match);
  const { text, groups, before, view } = first.match;
  return { which: first.which, text, groups, before, view };
}

/** What programs printed counts before what only shows with kernel lines in it. */
function rank(match: WindowMatch): number {
  return match.view === 'program' ? 0 : 1;
}

/** The patterns in words, for errors. */
export function describePatterns(patterns: PatternsByKey<string>): string {
  return Object.values(patterns)
    .map((pattern) => (typeof pattern === 'string' ? JSON.stringify(pattern) : String(pattern)))
    .join(' or ');
}
