/** Somebody who waits on a console. */
export interface ConsoleWait {
  /** Looks whether it has come; true when the wait is over by that. */
  attempt: () => boolean;
  fail: (error: Error) => void;
  panicFails: boolean;
  /** A guest that restarts by itself ends it. */
  restartFails?: boolean;
}

/** All who wait on one console. */
export class ConsoleWaits extends Set<ConsoleWait> {
  readonly #onWaiting: ((isWaiting: boolean) => void) | undefined;

  /** @param onWaiting Is told when the first one waits, and when nobody does any more. */
  constructor(onWaiting?: (isWaiting: boolean) => void) {
    super();
    this.#onWaiting = onWaiting;
  }

  override add(wait: ConsoleWait): this {
    super.add(wait);
    if (this.size === 1) this.#onWaiting?.(true);
    return this;
  }

  override delete(wait: ConsoleWait): boolean {
    const wasThere = super.delete(wait);
    if (wasThere && this.size === 0) this.#onWaiting?.(false);
    return wasThere;
  }

  /** Ends the waits whose text has come. */
  attempt(): void {
    for (const wait of this) if (wait.attempt()) this.delete(wait);
  }

  /** Ends those of `waits` that still wait. */
  fail(waits: Iterable<ConsoleWait>, error: Error): void {
    for (const wait of waits) if (this.delete(wait)) wait.fail(error);
  }
}
