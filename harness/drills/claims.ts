/** Errors by which a claim of the scenario or of the product does not hold; a fault does not make a false claim true. */
export const claims: readonly string[] = [
  'HARNESS_CHECK_FAILED',
  'HARNESS_ASSERTION_FAILED',
  'HARNESS_READY_UNTRUE',
];
