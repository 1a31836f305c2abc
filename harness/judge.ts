import { AssertionError } from 'node:assert';
import { AssayError, errorMessage } from '../foundation/index.ts';
import type { Outcome } from '../reports/index.ts';
import { describeDifference } from './describe-difference.ts';
import { harnessErrors } from './errors.ts';
import { fileError, isDiskFull } from './file-errors.ts';

/** Thrown by `bench.skip`: the scenario cannot say anything here, for a reason. */
export class ScenarioSkipped extends Error {
  override readonly name = 'ScenarioSkipped';
}

export interface Verdict {
  outcome: Outcome;
  /** The reason of a skip. */
  reason?: string;
  /** What decided a failure or an error. */
  error?: AssayError;
}

/**
 * What a thrown value says about a scenario (design 9). A failure of the product is only what says so itself: an
 * error with that blame, or an assertion that does not hold. Whatever else is thrown leaves the product unjudged.
 */
export function judge(thrown: unknown): Verdict {
  const [first] = unfold(thrown);
  if (first instanceof ScenarioSkipped) return { outcome: 'skipped', reason: first.message };
  const error = asAssayError(first);
  return { outcome: error.blame === 'product' ? 'failed' : 'errored', error };
}

/**
 * The failures in a thrown value, in the order they happened: an error under way when an `await using` failed to
 * dispose comes first; what the disposal threw came after.
 */
export function unfold(thrown: unknown): unknown[] {
  return thrown instanceof SuppressedError
    ? [...unfold(thrown.suppressed), ...unfold(thrown.error)]
    : [thrown];
}

function asAssayError(thrown: unknown): AssayError {
  if (thrown instanceof AssayError) return thrown;
  if (thrown instanceof AssertionError) return atItsPlace(thrown, assertionFailed(thrown));
  if (isDiskFull(thrown)) return fileError('run the scenario', thrown);
  const what = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : errorMessage(thrown);
  const error = harnessErrors.HARNESS_SCENARIO_THREW(
    { tried: 'run the scenario', got: what },
    causeOf(thrown),
  );
  return atItsPlace(thrown, error);
}

function assertionFailed(thrown: AssertionError): AssayError {
  // The rest of a generated message is the difference, which the facts show.
  const tried = thrown.generatedMessage ? thrown.message.split('\n', 1)[0]! : thrown.message;
  const facts = { tried, ...describeDifference(thrown.actual, thrown.expected) };
  return harnessErrors.HARNESS_ASSERTION_FAILED(facts, causeOf(thrown));
}

/** The new error says all that the thrown one did, so what lies below that one lies below it. */
function causeOf(thrown: unknown): unknown {
  return thrown instanceof Error ? thrown.cause : undefined;
}

/** The line of the scenario is what its author looks for, not the line of the runner that caught the error. */
export function atItsPlace(thrown: unknown, error: AssayError): AssayError {
  if (thrown instanceof Error && thrown.stack !== undefined) error.stack = thrown.stack;
  return error;
}
