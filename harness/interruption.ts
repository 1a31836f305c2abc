import { harnessErrors } from './errors.ts';

const signalNames = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The user's Ctrl-C (SIGTERM and SIGHUP are taken likewise). The first aborts `signal`: scenarios end, machines are
 * torn down, reports are written. The second ends the process at once, exit code 130.
 */
export class Interruption implements Disposable {
  readonly #aborter: AbortController;
  /** The last one is of what is under way now. */
  readonly #leftBehind: (() => string)[];
  readonly #onSignal: (name: NodeJS.Signals) => void;

  /**
   * @param leftBehind Says what may be left when the process ends at once.
   * @param whole Of the command that this is only a part of: it is that which hears the signals.
   */
  constructor(leftBehind: () => string, whole?: Interruption) {
    this.#aborter = whole === undefined ? new AbortController() : whole.#aborter;
    this.#leftBehind = whole === undefined ? [] : whole.#leftBehind;
    this.#leftBehind.push(leftBehind);
    this.#onSignal = (name) => {
      if (this.interrupted) {
        process.stderr.write(`\nassay: ended at once. ${this.#leftBehind.at(-1)!()}\n`);
        process.exit(130);
      }
      process.stderr.write(`\nassay: ${name}, ending the run; once more to end at once\n`);
      this.#aborter.abort(harnessErrors.HARNESS_INTERRUPTED({ tried: 'finish the scenario', got: name }));
    };
    if (whole === undefined) for (const name of signalNames) process.on(name, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#aborter.signal;
  }

  get interrupted(): boolean {
    return this.#aborter.signal.aborted;
  }

  [Symbol.dispose](): void {
    this.#leftBehind.pop();
    for (const name of signalNames) process.off(name, this.#onSignal);
  }
}
