import { foundationErrors } from './errors.ts';

const isOver = Symbol('the deadline is over');

/**
 * A point in time by which something has to be over. Every wait takes one (style 13); waits that belong together
 * share one, so that their sum is bounded.
 */
export class Deadline {
  readonly totalMs: number;
  readonly #endMs: number;

  private constructor(totalMs: number) {
    this.totalMs = totalMs;
    this.#endMs = performance.now() + totalMs;
  }

  /** A deadline `totalMs` milliseconds from now. */
  static after(totalMs: number): Deadline {
    return new Deadline(totalMs);
  }

  /** Milliseconds left, never below zero. */
  get remainingMs(): number {
    return Math.max(0, this.#endMs - performance.now());
  }

  get expired(): boolean {
    return this.remainingMs === 0;
  }

  /** The sooner of this deadline and one `limitMs` milliseconds from now. */
  within(limitMs: number): Deadline {
    return new Deadline(Math.min(this.remainingMs, limitMs));
  }

  /**
   * Waits for `work`, but no longer than this deadline.
   *
   * @throws what `onExpiry` makes, by default FOUNDATION_DEADLINE_EXCEEDED naming `what`. `work` itself goes on:
   * the caller ends it.
   */
  async race<Result>(work: Promise<Result>, what: string, onExpiry?: () => Error): Promise<Result> {
    const expiry = Promise.withResolvers<typeof isOver>();
    const timer = setTimeout(() => expiry.resolve(isOver), this.remainingMs);
    try {
      const result = await Promise.race([work, expiry.promise]);
      // The error is made here and not by the timer, whose stack does not lead to who waits.
      if (result === isOver) throw onExpiry?.() ?? this.#exceeded(what);
      return result;
    } finally {
      clearTimeout(timer);
    }
  }

  #exceeded(what: string): Error {
    return foundationErrors.FOUNDATION_DEADLINE_EXCEEDED({
      tried: what,
      expected: `an end within ${Math.round(this.totalMs)} ms`,
    });
  }
}
