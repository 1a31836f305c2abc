import type { Outcome } from './events.ts';
import type { OutcomeCounts, Run, ScenarioRun } from './run-model.ts';

/** How an attempt ended, as reports show it: one that passed after others had failed is flaky. */
export type ShownOutcome = Outcome | 'flaky' | 'running';

export function shownOutcome({ isFlaky, outcome }: ScenarioRun): ShownOutcome {
  return isFlaky ? 'flaky' : (outcome ?? 'running');
}

/** How many scenarios ended how. Each repeat counts once, by the attempt that decided; running ones do not count. */
export function countOutcomes(run: Run): OutcomeCounts {
  const counts: OutcomeCounts = { passed: 0, failed: 0, errored: 0, skipped: 0, flaky: 0 };
  for (const scenario of run.scenarios) {
    const outcome = shownOutcome(scenario);
    if (scenario.isFinal && outcome !== 'running') counts[outcome] += 1;
  }
  return counts;
}

/** `3 passed, 1 failed, 0 errored, 1 skipped`, and `1 flaky` if any: what every text report ends with. */
export function countsSentence({ passed, failed, errored, skipped, flaky }: OutcomeCounts): string {
  const always = `${passed} passed, ${failed} failed, ${errored} errored, ${skipped} skipped`;
  return flaky === 0 ? always : `${always}, ${flaky} flaky`;
}

/** The earlier attempts of the same repeat that failed or errored, in the order they ran. */
export function brokenAttemptsBefore(run: Run, decided: ScenarioRun): ScenarioRun[] {
  return run.scenarios.filter(
    ({ name, file, repeat, attempt, outcome }) =>
      name === decided.name &&
      file === decided.file &&
      repeat === decided.repeat &&
      attempt < decided.attempt &&
      (outcome === 'failed' || outcome === 'errored'),
  );
}
