import { boundText } from '../bounded-text.ts';
import type { ShownOutcome } from '../outcome-counts.ts';
import { printableLine, printableText } from '../printable-text.ts';

/** What a person reads of one text in the page; the log has the rest. */
const longestText = 4_000;
const longestLine = 300;

/** The outcome as a word and a sign, so that colour is never the only one. */
export const outcomeSigns: Record<ShownOutcome, { sign: string; word: string }> = {
  passed: { sign: '\u2713', word: 'passed' },
  failed: { sign: '\u2717', word: 'failed' },
  errored: { sign: '!', word: 'errored' },
  skipped: { sign: '\u2013', word: 'skipped' },
  flaky: { sign: '~', word: 'flaky' },
  running: { sign: '\u2026', word: 'running' },
};

/** A text of a guest or a user as lines that are harmless to show. */
export function saidText(text: string): string {
  return printableText(boundText(text, longestText));
}

/** The same on one line. */
export function saidLine(text: string, maxLength = longestLine): string {
  return printableLine(boundText(text, maxLength));
}

/** `0:07.3`, `1:02.5`, `1:05:02.1`: a moment on the run's clock. */
export function clockText(atMs: number): string {
  const tenths = Math.max(0, Math.round(atMs / 100));
  const seconds = Math.floor(tenths / 10);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60];
  const hours = Math.floor(seconds / 3600);
  const [minutesText, secondsText] = [String(parts[0]), String(parts[1]).padStart(2, '0')];
  const head = hours === 0 ? minutesText : `${hours}:${minutesText.padStart(2, '0')}`;
  return `${head}:${secondsText}.${tenths % 10}`;
}

/** `1 step`, `3 steps`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The beginning and the end of a list that is too long for the page, and how many were between them. */
export function keepEnds<Item>(
  items: readonly Item[],
  limit: number,
): { kept: Item[]; omitted: number; cutAt: number } {
  if (items.length <= limit) return { kept: [...items], omitted: 0, cutAt: items.length };
  const headCount = Math.ceil(limit / 2);
  const kept = [...items.slice(0, headCount), ...items.slice(items.length - (limit - headCount))];
  return { kept, omitted: items.length - kept.length, cutAt: headCount };
}
