import { vmErrors } from '../errors.ts';
import { describePatterns, type PatternsByKey } from './console-waiter.ts';
import { nearestLine } from './nearest-line.ts';
import type { SerialConsole } from './serial-console.ts';

interface WaitFacts {
  patterns: PatternsByKey<string>;
  waitedMs: number;
  /** When the wait began, on the clock of performance.now(). */
  sinceMs: number;
  receivedBefore: number;
}

/** More than this while waiting is a flood: a boot with all its messages is below 200 KiB. */
const floodBytes = 256 * 1024;

/**
 * A wait on a console is over. Says which it was: a guest that fell silent, one that floods, or one that goes on
 * and does not say what was expected.
 */
export function timeoutError(console: SerialConsole, facts: WaitFacts): Error {
  const receivedBytes = console.receivedBytes - facts.receivedBefore;
  const silentMs = performance.now() - console.lastByteAtMs;
  const silent = receivedBytes === 0 || silentMs > facts.waitedMs / 2;
  const restarts = console.restarts.since(facts.sinceMs);
  const make = silent
    ? vmErrors.VM_CONSOLE_SILENT
    : receivedBytes > floodBytes
      ? vmErrors.VM_CONSOLE_FLOODED
      : vmErrors.VM_CONSOLE_TIMEOUT;
  return make({
    tried: `expect ${describePatterns(facts.patterns)} on the ${console.name}`,
    expected: `it within ${seconds(facts.waitedMs)}`,
    got:
      `${receivedBytes} bytes meanwhile, silent for the last ${seconds(silentMs)}\n` +
      `${restarts === undefined ? '' : `${restarts}\n`}${nearness(facts, console.tail())}the last lines:\n${console.tail(20).join('\n')}`,
  });
}

/** Which line was nearly it: most expectations that fail are written wrongly. */
function nearness({ patterns }: WaitFacts, lines: readonly string[]): string {
  const nearest = nearestLine(Object.values(patterns), lines);
  if (nearest === undefined) return '';
  return nearest.isWhatWasExpected
    ? `an earlier wait has taken the line that says it: ${nearest.line}\n`
    : `the nearest line: ${nearest.line}\n`;
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
