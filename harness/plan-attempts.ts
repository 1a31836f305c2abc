import type { LoadedScenario } from './load-scenarios.ts';
import type { Attempt } from './scenario-attempt.ts';

/** Every scenario `repeat` times: all of them once, then all again, so that a first round is seen soonest. */
export function planAttempts(selected: readonly LoadedScenario[], repeat: number): Attempt[] {
  const rounds = Array.from({ length: repeat }, (_, index) => index + 1);
  const planned = rounds.flatMap((round) =>
    selected.map(({ scenario, file }) => ({
      id: repeat === 1 ? scenario.name : `${scenario.name}.${round}`,
      ...{ scenario, file, repeat: round },
    })),
  );
  return planned.map((attempt, index) => ({ ...attempt, number: index + 1 }));
}
