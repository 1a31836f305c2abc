import { closest } from 'fastest-levenshtein';
import type { Run, ScenarioRun } from '../../reports/index.ts';
import { harnessErrors } from '../errors.ts';

/**
 * The attempts of a run that are to be run again: those that are named, by their ids or by their scenario's name; without
 * names those that failed or errored in the end, or with `all` every one.
 *
 * @throws HARNESS_NAME_UNKNOWN with the nearest id.
 */
export function chooseAttempts(run: Run, names: readonly string[], all: boolean): ScenarioRun[] {
  if (names.length === 0) {
    return run.scenarios.filter(({ isFinal, outcome }) => all || (isFinal && isBroken(outcome)));
  }
  return [...new Set(names.flatMap((name) => attemptsOf(run, name)))];
}

function isBroken(outcome: ScenarioRun['outcome']): boolean {
  return outcome === 'failed' || outcome === 'errored';
}

/** An id names one attempt, a name all attempts of the scenario. */
function attemptsOf(run: Run, wanted: string): ScenarioRun[] {
  const byId = run.scenarios.filter(({ scenarioId }) => scenarioId === wanted);
  const found = byId.length > 0 ? byId : run.scenarios.filter(({ name }) => name === wanted);
  if (found.length > 0) return found;
  const ids = run.scenarios.map(({ scenarioId }) => scenarioId);
  throw harnessErrors.HARNESS_NAME_UNKNOWN({
    tried: `find ${wanted} in run ${run.runId}`,
    got: ids.length === 0 ? 'no scenario was begun in it' : `${ids.length} attempts, none of this name`,
    remedy: ids.length === 0 ? '`assay run` runs it' : `the nearest is ${closest(wanted, ids)}`,
  });
}
