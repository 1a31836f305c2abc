import PQueue from 'p-queue';
import { describeError } from '../reports/index.ts';
import { judge } from './judge.ts';
import { reproduceCommand } from './reproduce-command.ts';
import { ResourceBudget } from './resource-budget.ts';
import { runScenario, type ScenarioSurroundings } from './run-scenario.ts';
import type { Attempt } from './scenario-attempt.ts';

export interface AttemptsSurroundings extends Omit<ScenarioSurroundings, 'reproduce'> {
  jobs: number;
  scenarioPaths?: readonly string[];
}

/**
 * Runs every attempt, at most `jobs` at the same time and never more than the host has room for. Each is recorded,
 * also those that an interruption keeps from starting.
 *
 * @throws the first error that concerns the run: an event log or a folder that cannot be written.
 */
export async function runAttempts(attempts: readonly Attempt[], around: AttemptsSurroundings): Promise<void> {
  const queue = new PQueue({ concurrency: around.jobs });
  const budget = new ResourceBudget(around.jobs);
  // Where the run itself is broken, the scenarios under way end, too, and nothing more is started.
  const broken = new AbortController();
  const signal = AbortSignal.any([around.signal, broken.signal]);
  const runOne = async (attempt: Attempt) => {
    try {
      await runWithin(budget, attempt, { ...around, signal });
    } catch (error) {
      broken.abort(error);
    }
  };
  await Promise.all(attempts.map((attempt) => queue.add(() => runOne(attempt))));
  if (broken.signal.aborted) throw broken.signal.reason;
}

async function runWithin(
  budget: ResourceBudget,
  attempt: Attempt,
  around: AttemptsSurroundings,
): Promise<void> {
  const reproduce = reproduceCommand(attempt.scenario.name, around);
  const reserved = await budget.reserve(attempt.scenario.needs, around.signal).then(
    (share) => ({ share }),
    (refusal: unknown) => ({ refusal }),
  );
  if ('refusal' in reserved) {
    recordNotStarted(attempt, { ...around, reproduce }, reserved.refusal);
    return;
  }
  using _share = reserved.share;
  await runScenario(attempt, { ...around, reproduce });
}

/** A scenario that never began: skipped when the run was ended before, errored when the host had no room for it. */
function recordNotStarted(attempt: Attempt, around: ScenarioSurroundings, refusal: unknown): void {
  const { id, scenario, file, repeat } = attempt;
  const { append, reproduce, signal } = around;
  append({ kind: 'scenario-started', scenarioId: id, name: scenario.name, file, repeat, reproduce });
  if (signal.aborted) {
    const reason = 'the run was interrupted before it started';
    append({ kind: 'scenario-ended', scenarioId: id, outcome: 'skipped', reason });
    return;
  }
  const { outcome } = judge(refusal);
  append({ kind: 'scenario-ended', scenarioId: id, outcome, error: describeError(refusal), reproduce });
}
