import { harnessErrors } from './errors.ts';

const signalNames = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The user's Ctrl-C (SIGTERM and SIGHUP are taken likewise). The first aborts `signal`: scenarios end, machines are
 * torn down, reports are written. The second ends the process at once, exit code 130.
 */
export class Interruption implements Disposable {
  readonly #aborter = new AbortController();
  readonly #onSignal: (name: NodeJS.Signals) => void;

  /** @param leftBehind Says what may be left when the process ends at once. */
  constructor(leftBehind: () => string) {
    this.#onSignal = (name) => {
      if (this.interrupted) {
        process.stderr.write(`\nassay: ended at once. ${leftBehind()}\n`);
        process.exit(130);
      }
      process.stderr.write(`\nassay: ${name}, ending the run; once more to end at once\n`);
      this.#aborter.abort(harnessErrors.HARNESS_INTERRUPTED({ tried: 'finish the scenario', got: name }));
    };
    for (const name of signalNames) process.on(name, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#aborter.signal;
  }

  get interrupted(): boolean {
    return this.#aborter.signal.aborted;
  }

  [Symbol.dispose](): void {
    for (const name of signalNames) process.off(name, this.#onSignal);
  }
}
