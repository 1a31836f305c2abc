import type { OutcomeCounts, Run } from './run-model.ts';

/** How many scenarios ended how. Each repeat counts once, by the attempt that decided; running ones do not count. */
export function countOutcomes(run: Run): OutcomeCounts {
  const counts: OutcomeCounts = { passed: 0, failed: 0, errored: 0, skipped: 0 };
  for (const scenario of run.scenarios) {
    if (scenario.isFinal && scenario.outcome !== undefined) counts[scenario.outcome] += 1;
  }
  return counts;
}

/** `3 passed, 1 failed, 0 errored, 1 skipped`: what every text report ends with. */
export function countsSentence({ passed, failed, errored, skipped }: OutcomeCounts): string {
  return `${passed} passed, ${failed} failed, ${errored} errored, ${skipped} skipped`;
}
