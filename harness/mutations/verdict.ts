import type { TrialOutcome } from './trial.ts';
import { uncaught } from './uncaught.ts';

/** One line for people. */
export function describeOutcome(outcome: TrialOutcome): string {
  const { trial, step, leftOut, judged, states, failures, caughtBy } = outcome;
  const looked = `${judged} of ${states} states looked at`;
  if (step === null) {
    const found = failures === 0 ? 'sound' : `DAMAGED by ${caughtBy!.state}: ${caughtBy!.report}`;
    return `${trial}, whole: ${found} (${looked})`;
  }
  if (leftOut === 0) return `${trial}, without ${step}: NEVER COME TO`;
  if (caughtBy !== undefined)
    return `${trial}, without ${step}: caught by ${caughtBy.state}: ${caughtBy.report}`;
  const known = uncaught[step];
  return `${trial}, without ${step}: ${known === undefined ? 'NOT CAUGHT' : `not caught, ${known.is}`} (${looked})`;
}

/** Whether it is what docs/durability.md says: sound when whole, caught, unless it is known why not. */
export function isAsKnown({ step, leftOut, failures }: TrialOutcome): boolean {
  if (step === null) return failures === 0;
  return leftOut > 0 && (failures > 0 || step in uncaught);
}
