import { parseDurationMs } from '../drills/moment.ts';
import { harnessErrors } from '../errors.ts';
import type { Words } from './command.ts';
import { text } from './option-values.ts';

/** An option that is a time such as `90s` or `5min`, in milliseconds. @throws HARNESS_USAGE unless it is one, above zero. */
export function durationOption(words: Words, name: string): number | undefined {
  const given = text(words, name);
  if (given === undefined) return undefined;
  // Nobody waits for days here.
  const durationMs = given.endsWith('d') ? undefined : parseDurationMs(given);
  if (durationMs !== undefined && durationMs > 0) return durationMs;
  throw harnessErrors.HARNESS_USAGE({
    tried: `read --${name}`,
    expected: 'a time such as 90s or 5min',
    got: given,
  });
}
