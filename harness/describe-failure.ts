import { describeError, type EventError } from '../reports/index.ts';
import { failedSource } from './failed-source.ts';
import { judge, unfold } from './judge.ts';

/**
 * What was thrown, as the error of an event: the first failure in front, with the line of the scenario where it
 * happened; what followed is attached and does not hide it.
 *
 * @param thrown At least one failure, in the order they happened.
 */
export function describeFailure(thrown: readonly unknown[]): EventError {
  const [first, ...followers] = thrown
    .flatMap(unfold)
    .map((failure) => judge(failure).error)
    .filter((error) => error !== undefined);
  const all = followers.reduce<unknown>((before, after) => new SuppressedError(after, before), first);
  const source = failedSource(first);
  return { ...describeError(all), ...(source === undefined ? {} : { source }) };
}
