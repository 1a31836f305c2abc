import { KeptStarts } from '../drills/branching/kept-starts.ts';
import type { Words } from './command.ts';
import { positiveCount, wholeNumber } from './option-values.ts';

/**
 * For the drills of one run; none with --no-checkpoints. What is repeated is repeated from power-on, and so is what failed.
 *
 * @param drills How many there are, where that is known: a single one has nobody to share with, and keeps nothing.
 */
export function keptStartsFor(words: Words, drills = Number.POSITIVE_INFINITY): KeptStarts | undefined {
  const isRepeated = (positiveCount(words, 'repeat') ?? 1) > 1 || (wholeNumber(words, 'retries') ?? 0) > 0;
  return words.checkpoints === false || isRepeated || drills < 2 ? undefined : new KeptStarts();
}
