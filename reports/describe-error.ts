import { AssayError, type Blame } from '../foundation/index.ts';
import type { EventError } from './events.ts';

type RelatedError = NonNullable<EventError['related']>[number];
type Relation = RelatedError['relation'];
type FlatError = Omit<EventError, 'related'>;

/**
 * Turns whatever was thrown into the error of an event. The first failure is kept in front: where a disposal failed
 * while another error was under way (SuppressedError), the other error leads and the disposal's is "followed by".
 * Causes and the members of an AggregateError come along as related errors.
 *
 * @param otherBlame who has to act on an error that is not an AssayError and so does not say it.
 */
export function describeError(thrown: unknown, otherBlame: Blame = 'harness'): EventError {
  const [first, ...related] = flatten(thrown, otherBlame, new Set());
  const { relation: _, ...leading } = first!;
  return related.length === 0 ? leading : { ...leading, related };
}

function flatten(
  thrown: unknown,
  otherBlame: Blame,
  seen: Set<unknown>,
  relation: Relation = 'caused by',
): RelatedError[] {
  if (thrown instanceof SuppressedError && !seen.has(thrown)) {
    seen.add(thrown);
    return [
      ...flatten(thrown.suppressed, otherBlame, seen, relation),
      ...flatten(thrown.error, otherBlame, seen, 'followed by'),
    ];
  }
  const flat = [{ relation, ...describeOne(thrown, otherBlame) }];
  // A chain that comes back to itself ends here; so does one that is absurdly long.
  if (!(thrown instanceof Error) || seen.has(thrown) || seen.size > 50) return flat;
  seen.add(thrown);
  const members = thrown instanceof AggregateError ? thrown.errors : [];
  return [
    ...flat,
    ...members.flatMap((member) => newOnes(member, otherBlame, seen, 'together with')),
    ...(thrown.cause === undefined ? [] : newOnes(thrown.cause, otherBlame, seen, 'caused by')),
  ];
}

function newOnes(thrown: unknown, otherBlame: Blame, seen: Set<unknown>, relation: Relation): RelatedError[] {
  return seen.has(thrown) ? [] : flatten(thrown, otherBlame, seen, relation);
}

function describeOne(thrown: unknown, otherBlame: Blame): FlatError {
  if (thrown instanceof AssayError) {
    const { tried, expected, got, difference, where } = thrown.facts;
    return {
      code: thrown.code,
      blame: thrown.blame,
      // The error's own message repeats the facts; reports lay them out themselves.
      message: `${thrown.summary}: ${tried}`,
      remedy: thrown.remedy,
      facts: { tried, expected, got, where, ...(difference === undefined ? {} : { difference }) },
      stack: thrown.stack,
    };
  }
  if (thrown instanceof Error) {
    return {
      code: thrown.name || 'Error',
      blame: otherBlame,
      message: String(thrown.message),
      stack: typeof thrown.stack === 'string' ? thrown.stack : undefined,
    };
  }
  return { code: 'NOT_AN_ERROR', blame: otherBlame, message: describeValue(thrown) };
}

function describeValue(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return 'a value that cannot be turned into text was thrown';
  }
}
