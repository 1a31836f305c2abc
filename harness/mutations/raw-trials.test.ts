import t from 'tap';
import { durabilitySteps } from '../../core/durability/durability-steps.ts';
import { exploreRawTrial } from './explore-raw-trial.ts';
import { rawTrials } from './raw-trials.ts';

for (const trial of rawTrials.filter(({ isSlow }) => isSlow !== true)) {
  t.test(`${trial.name}: whole, it survives every cut`, async (t) => {
    const { failures, judged, states, caughtBy } = await exploreRawTrial(trial, null);
    t.match({ failures, caughtBy }, { failures: 0, caughtBy: undefined });
    t.equal(judged, states);
    t.ok(states > 2, `${states} states`);
  });
  for (const step of trial.steps) {
    t.test(`${trial.name}: without ${step} the explorer finds a state that is not legal`, async (t) => {
      const { leftOut, failures, caughtBy } = await exploreRawTrial(trial, step);
      t.ok(leftOut > 0, `left out ${leftOut} times`);
      t.ok(failures > 0, `${failures} states, first ${caughtBy?.state}: ${caughtBy?.report}`);
    });
  }
}

t.test('trials name steps that there are', async (t) => {
  const known = durabilitySteps.map(({ id }) => id);
  t.same(
    rawTrials.flatMap(({ steps }) => steps).filter((step) => !known.includes(step)),
    [],
  );
});
