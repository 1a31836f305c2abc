import type { LoadedScenario } from './load-scenarios.ts';
import type { Attempt } from './scenario-attempt.ts';

/** Every scenario `repeat` times: all of them once, then all again, so that a first round is seen soonest. */
export function planAttempts(selected: readonly LoadedScenario[], repeat: number): Attempt[] {
  const rounds = Array.from({ length: repeat }, (_, index) => index + 1);
  const planned = rounds.flatMap((round) =>
    selected.map(({ scenario, file }) => ({
      id: repeat === 1 ? scenario.name : `${scenario.name}.${round}`,
      ...{ scenario, file, repeat: round, attempt: 1 },
    })),
  );
  return planned.map((attempt, index) => ({ ...attempt, number: index + 1 }));
}

/**
 * The attempt that follows one that failed, with an evidence folder of its own: `lifecycle.attempt-2`.
 *
 * @param number Its own in the run.
 */
export function retryOf(earlier: Attempt, number: number): Attempt {
  const attempt = earlier.attempt + 1;
  // Names of scenarios hold no full stop.
  const firstId = earlier.id.replace(/\.attempt-\d+$/, '');
  return { ...earlier, id: `${firstId}.attempt-${attempt}`, number, attempt };
}
