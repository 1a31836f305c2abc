import type { CampaignFacts, Run } from '../../../reports/index.ts';
import { drillsErrors } from '../errors.ts';

/** What the error says of an attempt whose end was not its own: the runner was killed, or asked to stop. */
const endedByRunner = ['REPORTS_RUNNER_ENDED', 'HARNESS_INTERRUPTED'];

/**
 * The names of the drills of a run that did not come to an outcome in it: never begun, or cut off by the end of the runner.
 *
 * @param facts Of the campaign that is to go on.
 * @throws DRILLS_RESUME_OTHER where the run is of another matrix or seed.
 */
export function unfinishedDrills(run: Run, facts: CampaignFacts): Set<string> {
  refuseOther(run, facts);
  const finished = new Set(
    run.scenarios
      .filter(({ isFinal, outcome, neverStarted, error }) => {
        const isCutOff = error !== undefined && endedByRunner.includes(error.code);
        return isFinal && outcome !== undefined && !neverStarted && !isCutOff;
      })
      .map(({ name }) => name),
  );
  return new Set((run.selected ?? []).filter((name) => !finished.has(name)));
}

function refuseOther(run: Run, facts: CampaignFacts): void {
  const { campaign } = run;
  if (campaign?.planDigest === facts.planDigest) return;
  const said = ({ matrix, drills, planDigest }: CampaignFacts) =>
    `${matrix}, ${drills} drills, plan ${planDigest}`;
  throw drillsErrors.DRILLS_RESUME_OTHER({
    tried: `go on with run ${run.runId}`,
    expected: said(facts),
    got: campaign === undefined ? 'a run that is no campaign' : `${said(campaign)}, seed ${run.seed}`,
  });
}
