import { upperBound } from '../upper-bound.ts';

/** What evenly drawn samples say of all states: with 95 % confidence, less than `below` of them fail. */
export interface FailureBound {
  failures: number;
  draws: number;
  /** From 0 to 1. */
  below: number;
}

/**
 * The exact bound of Clopper and Pearson (`upperBound`): only for independent draws of the uniform stratum, never for
 * states that somebody has chosen.
 */
export function failureBound(failures: number, draws: number): FailureBound {
  return { failures, draws, below: upperBound(failures, draws) };
}

/** As people read it: `0 of 400: below 0.75 % at 95 %`. Rounded up, so that it never says more than is known. */
export function describeBound({ failures, draws, below }: FailureBound): string {
  const percent = Math.ceil(below * 10_000) / 100;
  return `${failures} of ${draws}: below ${percent} % at 95 %`;
}
