import type { OutcomeCounts } from '../reports/index.ts';

/** What `assay` tells the shell. */
export const exitCodes = {
  passed: 0,
  productFailure: 1,
  usage: 2,
  harnessOrHost: 3,
  interrupted: 130,
} as const;

/**
 * The exit code of a run. A failure of the product is proven, whatever else went wrong, so it comes before errors
 * of harness or host. A run in which nothing passed and nothing failed has shown nothing: inconclusive.
 */
export function exitCodeOf(counts: OutcomeCounts, interrupted: boolean): number {
  if (interrupted) return exitCodes.interrupted;
  if (counts.failed > 0) return exitCodes.productFailure;
  if (counts.errored > 0 || counts.passed === 0) return exitCodes.harnessOrHost;
  return exitCodes.passed;
}
