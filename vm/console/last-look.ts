import { setTimeout } from 'node:timers/promises';

interface Expired {
  /** When the wait began, on the clock of performance.now(). */
  sinceMs: number;
  totalMs: number;
  /** Whether somebody else than the guest is to blame. */
  diagnose: (sinceMs: number) => Promise<Error | undefined>;
  /** The error otherwise. */
  timeout: () => Error;
}

/** A deadline that is noticed so much later shows that the runner was held up. */
const heldUpMs = 100;
const lookMs = 500;

/**
 * A wait's time is over. A runner that was held up hears of the deadline before it has read what came in time: it
 * reads that first, and what is found then counts.
 *
 * @throws what `diagnose` gives, or else the time-out; what `found` rejects with.
 */
export async function lastLook<Found>(found: Promise<Found>, expired: Expired): Promise<Found> {
  const isLate = performance.now() - expired.sinceMs - expired.totalMs > heldUpMs;
  const blame = Promise.all([
    expired.diagnose(expired.sinceMs),
    isLate ? setTimeout(lookMs, undefined, { ref: false }) : undefined,
  ]).then(([error]) => ({ error }));
  const outcome = await Promise.race([found.then((value) => ({ value })), blame]);
  if ('value' in outcome) return outcome.value;
  throw outcome.error ?? expired.timeout();
}
