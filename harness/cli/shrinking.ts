import { harnessErrors } from '../errors.ts';
import type { FurtherAttempts } from '../further-attempts.ts';
import type { ShrinkableDrill, ShrinkOptions, ShrunkDrill } from '../shrink/shrink-drill.ts';
import { shrinkDrills } from '../shrink/shrink-drills.ts';
import type { Words } from './command.ts';
import { durationOption } from './duration-option.ts';
import { flag, positiveCount } from './option-values.ts';
import type { RunConclusion } from './run-selected.ts';

/** `--shrink` of one run, from the command line to what is said of it. */
export class Shrinking {
  readonly #drills: readonly ShrinkableDrill[];
  readonly #options: ShrinkOptions;
  /** For the drills themselves. */
  readonly budgetMs: number | undefined;
  #shrunk: readonly ShrunkDrill[] = [];

  private constructor(
    drills: readonly ShrinkableDrill[],
    options: Omit<ShrinkOptions, 'deadlineMs'>,
    budgetMs: number | undefined,
  ) {
    this.#drills = drills;
    this.budgetMs = budgetMs;
    this.#options = {
      ...options,
      deadlineMs: budgetMs === undefined ? undefined : performance.now() + budgetMs,
    };
  }

  /** Undefined where it was not asked for. The time budget begins now. @throws HARNESS_USAGE */
  static asked(words: Words, drills: readonly ShrinkableDrill[]): Shrinking | undefined {
    const anyFailure = flag(words, 'any-failure');
    if (!flag(words, 'shrink')) {
      if (!anyFailure) return undefined;
      throw harnessErrors.HARNESS_USAGE({
        tried: 'use --any-failure without --shrink',
        expected: '--shrink beside it: it says what counts as a failure of a smaller plan',
      });
    }
    const repeat = positiveCount(words, 'repeat') ?? 1;
    return new Shrinking(drills, { repeat, anyFailure }, durationOption(words, 'budget'));
  }

  /** What is run when the drills themselves have ended. */
  get further(): (more: FurtherAttempts) => Promise<void> {
    return async (more) => {
      this.#shrunk = await shrinkDrills(this.#drills, this.#options, more);
    };
  }

  /** The summary of the run has said it as a result of the run. */
  get conclusion(): RunConclusion {
    return { text: '', json: { shrink: this.#shrunk } };
  }
}
