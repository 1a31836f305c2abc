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

/** The same without failures of drills in quarantine: what decides how a run ended. They are told all the same. */
export function countDecisiveOutcomes(run: Run): OutcomeCounts {
  const scenarios = run.scenarios.filter((scenario) => !isQuarantinedFailure(scenario));
  return countOutcomes({ ...run, scenarios });
}

/** A drill that is known to fail, and did. */
export function isQuarantinedFailure({ drill, outcome }: ScenarioRun): boolean {
  return drill?.quarantine !== undefined && (outcome === 'failed' || outcome === 'errored');
}

/** `in quarantine until 2026-12-31: ticket 7 (smith)` for such a failure; nothing for all else. */
export function quarantineSentence(scenario: ScenarioRun): string | undefined {
  const quarantine = scenario.drill?.quarantine;
  if (quarantine === undefined || !isQuarantinedFailure(scenario)) return undefined;
  return `in quarantine until ${quarantine.expires}: ${quarantine.reason} (${quarantine.owner})`;
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
