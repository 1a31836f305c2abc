import type { Run, RunEventOf, RunFold, ScenarioRun } from '../reports/index.ts';
import type { LoadedScenario } from './load-scenarios.ts';
import { type AttemptsSurroundings, runAttempts } from './run-attempts.ts';

/** What a command runs and says in the same run, when it has seen what came of the scenarios that were selected. */
export interface FurtherAttempts
  extends Pick<AttemptsSurroundings, 'seed' | 'timeoutScale' | 'virtualTime' | 'signal'> {
  readonly runFolder: string;
  readonly scenarioPaths: readonly string[];
  /** So far. */
  readonly run: Run;
  /**
   * Runs a scenario once, without retries, to its end.
   *
   * @param id Unique in the run, and a folder name.
   * @throws what concerns the run and not the scenario.
   */
  attempt(loaded: LoadedScenario, id: string): Promise<ScenarioRun>;
  /** A remark on the run as a whole. A `result` is what it has come to: reports say it where they say how it ended. */
  note(text: string, level?: RunEventOf<'note'>['level']): void;
}

/** @internal */
export function furtherAttempts(fold: RunFold, around: AttemptsSurroundings): FurtherAttempts {
  const { seed, timeoutScale, virtualTime, signal, runFolder, scenarioPaths = [], append } = around;
  const { budgetMs: _, ...unhurried } = around;
  return {
    ...{ seed, timeoutScale, signal, runFolder, scenarioPaths },
    ...(virtualTime === undefined ? {} : { virtualTime }),
    get run() {
      return fold.run;
    },
    async attempt({ scenario, file }, id) {
      const number = fold.run.scenarios.length + 1;
      const attempt = { id, number, scenario, file, repeat: 1, attempt: 1 };
      await runAttempts([attempt], { ...unhurried, retries: 0 });
      return fold.run.scenarios.find(({ scenarioId }) => scenarioId === id)!;
    },
    note: (text, level = 'info') => append({ kind: 'note', text, level }),
  };
}
