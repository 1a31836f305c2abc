import type { OutcomeCounts } from '../reports/index.ts';

/** What `assay` tells the shell. */
export const exitCodes = {
  passed: 0,
  productFailure: 1,
  usage: 2,
  harnessOrHost: 3,
  interrupted: 130,
} as const;

export interface RunEnd {
  counts: OutcomeCounts;
  interrupted: boolean;
  /** A scenario that passed only when it was tried again is taken for a failure. */
  failOnFlaky?: boolean;
  /** The run itself has ended with an error, whatever its scenarios did. */
  hasError?: boolean;
}

/**
 * The exit code of a run. A failure of the product is proven, whatever else went wrong, so it comes before errors
 * of harness or host. A run in which nothing passed and nothing failed has shown nothing: inconclusive.
 */
export function exitCodeOf({ counts, interrupted, failOnFlaky = false, hasError = false }: RunEnd): number {
  if (interrupted) return exitCodes.interrupted;
  if (counts.failed > 0 || (failOnFlaky && counts.flaky > 0)) return exitCodes.productFailure;
  const hasShown = counts.passed + counts.flaky > 0;
  if (counts.errored > 0 || hasError || !hasShown) return exitCodes.harnessOrHost;
  return exitCodes.passed;
}
