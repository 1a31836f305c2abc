import { type AssayError, Deadline, errorMessage } from '../foundation/index.ts';
import { harnessErrors } from './errors.ts';
import { atItsPlace } from './judge.ts';

interface Cleanup {
  what: string;
  run: () => unknown;
}

/**
 * What has to be undone at the end of a scenario, last registered first. Each clean-up gets its turn, whatever
 * happens to the others, and a time limit.
 */
export class CleanupStack {
  readonly #cleanups: Cleanup[] = [];
  readonly #limitMs: number;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  add(what: string, run: () => unknown): void {
    this.#cleanups.push({ what, run });
  }

  /** Runs everything, also what clean-ups add meanwhile; gives the errors instead of throwing them. */
  async run(): Promise<AssayError[]> {
    const errors: AssayError[] = [];
    for (let cleanup = this.#cleanups.pop(); cleanup; cleanup = this.#cleanups.pop()) {
      try {
        const { what, run } = cleanup;
        // Started inside an async function, so that a clean-up that throws at once is caught like any other.
        await Deadline.after(this.#limitMs).race((async () => run())(), what);
      } catch (error) {
        const tried = cleanup.what;
        const failed = harnessErrors.HARNESS_CLEANUP_FAILED({ tried, got: errorMessage(error) }, error);
        errors.push(atItsPlace(error, failed));
      }
    }
    return errors;
  }
}
