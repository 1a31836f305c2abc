import type { Run } from '../reports/index.ts';

/**
 * The names of the scenarios that a run has not seen pass: those that failed or errored in the end (a flaky one has
 * passed), and those that it never came to since it was interrupted or its runner died. Each once, sorted.
 */
export function unprovenScenarios(run: Run): string[] {
  const finals = run.scenarios.filter(({ isFinal }) => isFinal);
  const broken = finals.filter(
    ({ outcome, neverStarted }) => outcome === 'failed' || outcome === 'errored' || neverStarted === true,
  );
  const begun = new Set(run.scenarios.map(({ name }) => name));
  const neverBegun = (run.selected ?? []).filter((name) => !begun.has(name));
  return [...new Set([...broken.map(({ name }) => name), ...neverBegun])].sort();
}
