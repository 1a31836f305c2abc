import t from 'tap';
import { passScenarios } from './pass-scenarios.ts';

// A ceiling: five times what it takes on two cores without KVM.
t.setTimeout(1_200_000);

/** Of the scenarios of the medium those that are quick. */
t.test('the recovery medium starts real machines and does what scripts say', (t) =>
  passScenarios(t, ['script-prepares-and-repairs-a-disk', 'one-repair-for-all-machines']),
);
