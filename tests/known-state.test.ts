import t from 'tap';
import { passScenarios } from './pass-scenarios.ts';

// A ceiling: five times what it takes on two cores without KVM.
t.setTimeout(1_500_000);

/** The one that goes through most of it; `assay run --tag known-state` runs all. */
t.test('machines boot to a known state, and go on from the other partition', (t) =>
  passScenarios(t, ['damaged-partition-falls-back']),
);
