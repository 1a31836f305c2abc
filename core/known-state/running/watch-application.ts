import { setTimeout as pause } from 'node:timers/promises';
import { errorMessage } from '../../../foundation/index.ts';
import { knownStateErrors } from '../errors.ts';
import type { Application } from './application.ts';
import type { ServiceSettings } from './service-settings.ts';

/** While it comes up, it is asked more often. */
const comingUpEveryMs = 500;

/**
 * Waits until the application is well for the first time (spec B3: written Clean once booted).
 *
 * @throws KNOWN_STATE_APPLICATION_FAILED when it ends before, or is not well within `readyWithin`; with its last answer.
 */
export async function untilWell(
  application: Application,
  { readyWithin, healthDeadline }: ServiceSettings,
): Promise<void> {
  const endMs = performance.now() + readyWithin;
  const dead = application.ended.then((how) => {
    throw knownStateErrors.KNOWN_STATE_APPLICATION_FAILED({
      tried: 'start the application',
      got: `it ended: ${how}`,
    });
  });
  dead.catch(() => {});
  let last: unknown;
  for (;;) {
    const leftMs = Math.ceil(endMs - performance.now());
    // What little time is left would only cut an answer short.
    if (last !== undefined && leftMs < comingUpEveryMs) break;
    try {
      await Promise.race([application.check(Math.min(healthDeadline, Math.max(leftMs, 1))), dead]);
      return;
    } catch (error) {
      last = error;
      await Promise.race([dead, pause(comingUpEveryMs)]);
    }
  }
  const got = `not well within ${readyWithin / 1000} s; last: ${lastWords(last)}`;
  throw knownStateErrors.KNOWN_STATE_APPLICATION_FAILED({ tried: 'start the application', got }, last);
}

/**
 * Asks again and again how the application is (spec B7: fails later), until it has failed or `signal` is aborted.
 *
 * @returns Why it counts as failed, in one line; undefined when `signal` was aborted.
 */
export async function untilFailed(
  application: Application,
  settings: ServiceSettings,
  signal: AbortSignal,
): Promise<string | undefined> {
  const over = new AbortController();
  const ended = application.ended.then((how) => `the application ended: ${how}`);
  const asked = askUntilFailed(application, settings, AbortSignal.any([over.signal, signal]));
  try {
    return await Promise.race([ended, asked, aborted(signal)]);
  } finally {
    over.abort();
  }
}

/** Undefined when nobody wants to know any more. */
async function askUntilFailed(
  application: Application,
  { healthEvery, healthDeadline, failuresAllowed }: ServiceSettings,
  signal: AbortSignal,
): Promise<string | undefined> {
  let failures = 0;
  for (;;) {
    await pause(healthEvery, undefined, { signal }).catch(() => {});
    if (signal.aborted) return undefined;
    const problem = await application.check(healthDeadline).then(() => undefined, lastWords);
    failures = problem === undefined ? 0 : failures + 1;
    if (failures >= failuresAllowed) {
      const often = failures === 1 ? '' : `, ${failures} times in a row`;
      return `the application is not well${often}: ${problem}`;
    }
  }
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  signal.addEventListener('abort', () => resolve(undefined), { once: true });
  return await promise;
}

/** One line for the boot states: what the application said last. */
function lastWords(error: unknown): string {
  const { facts } = error as { facts?: { got?: string } };
  return (facts?.got ?? errorMessage(error)).trim().replace(/\s+/g, ' ');
}
