import type { Run } from '../../reports/index.ts';

/** All recordings of a page together, in characters of base64: a run of 20 machines stays far below 5 MB. */
const fewMachinesLength = 2_500_000;
const eachMachineLength = 60_000;
const longestLength = 6_000_000;

/** One recording. */
const passingLength = 100_000;
const brokenLength = 500_000;
const brokenShares = 4;

/**
 * How long the recordings of each scenario may be in the page: those of scenarios that did not pass may be longer,
 * and all together have a bound, whatever the guests print.
 *
 * @returns By scenarioId, characters of base64 for each recording.
 */
export function recordingAllowances(run: Run): Map<string, number> {
  const scenarios = run.scenarios.map(({ scenarioId, outcome, artifacts }) => ({
    scenarioId,
    isBroken: outcome !== 'passed' && outcome !== 'skipped',
    recordings: artifacts.filter(({ what }) => what === 'asciicast'),
  }));
  const machines = scenarios.reduce(
    (sum, { recordings }) => sum + new Set(recordings.map(({ machine }) => machine)).size,
    0,
  );
  const totalLength = Math.min(longestLength, Math.max(fewMachinesLength, machines * eachMachineLength));
  const shares = scenarios.reduce(
    (sum, { isBroken, recordings }) => sum + recordings.length * (isBroken ? brokenShares : 1),
    0,
  );
  const shareLength = totalLength / Math.max(1, shares);
  return new Map(
    scenarios.map(({ scenarioId, isBroken }) => [
      scenarioId,
      Math.floor(
        isBroken ? Math.min(brokenLength, shareLength * brokenShares) : Math.min(passingLength, shareLength),
      ),
    ]),
  );
}
