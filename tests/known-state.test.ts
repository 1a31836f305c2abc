import t from 'tap';
import { passScenarios } from './pass-scenarios.ts';

// A ceiling: five times what it takes on two cores without KVM.
t.setTimeout(1_500_000);

/** Those that go through most of it; `assay run --tag known-state` runs all. */
t.test('machines boot to a known state, and recover what is broken', (t) =>
  passScenarios(t, [
    'boots-to-a-known-state',
    'damaged-partition-falls-back',
    'both-partitions-are-recovered',
  ]),
);
