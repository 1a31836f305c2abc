import PQueue from 'p-queue';
import { describeError, type Outcome } from '../reports/index.ts';
import { judge } from './judge.ts';
import { retryOf } from './plan-attempts.ts';
import { reproduceCommand } from './reproduce-command.ts';
import { ResourceBudget } from './resource-budget.ts';
import { runScenario, type ScenarioSurroundings } from './run-scenario.ts';
import type { Attempt } from './scenario-attempt.ts';

export interface AttemptsSurroundings extends Omit<ScenarioSurroundings, 'reproduce'> {
  jobs: number;
  /** How often a scenario that failed or errored is tried again, at most. */
  retries: number;
  virtualTime?: boolean;
  scenarioPaths?: readonly string[];
  /** After so long no attempt is begun any more; those under way go on to their ends. */
  budgetMs?: number;
}

/** What is known while attempts run: `begins` aborts when none is to be begun any more. */
type RunningAttempts = AttemptsSurroundings & { begins: AbortSignal };

/**
 * Runs every attempt, at most `jobs` at the same time and never more than the host has room for. Each is recorded,
 * also those that an interruption keeps from starting. What fails or errors is tried again where retries are asked
 * for: at once, as an attempt of its own.
 *
 * @throws the first error that concerns the run: an event log or a folder that cannot be written.
 */
export async function runAttempts(attempts: readonly Attempt[], around: AttemptsSurroundings): Promise<void> {
  const queue = new PQueue({ concurrency: around.jobs });
  const budget = new ResourceBudget(around.jobs);
  // Where the run itself is broken, the scenarios under way end, too, and nothing more is started.
  const broken = new AbortController();
  const signal = AbortSignal.any([around.signal, broken.signal]);
  const over = new AbortController();
  const begins = AbortSignal.any([signal, over.signal]);
  const timer = around.budgetMs === undefined ? undefined : setTimeout(() => over.abort(), around.budgetMs);
  let number = attempts.length;
  const nextNumber = () => {
    number += 1;
    return number;
  };
  const runOne = async (attempt: Attempt) => {
    try {
      await runWithRetries(budget, attempt, { ...around, signal, begins }, nextNumber);
    } catch (error) {
      broken.abort(error);
    }
  };
  await Promise.all(attempts.map((attempt) => queue.add(() => runOne(attempt))));
  clearTimeout(timer);
  if (broken.signal.aborted) throw broken.signal.reason;
}

async function runWithRetries(
  budget: ResourceBudget,
  first: Attempt,
  around: RunningAttempts,
  nextNumber: () => number,
): Promise<void> {
  let attempt = first;
  for (;;) {
    const outcome = await runWithin(budget, attempt, around);
    const isBroken = outcome === 'failed' || outcome === 'errored';
    if (!isBroken || attempt.attempt > around.retries) return;
    attempt = retryOf(attempt, nextNumber());
  }
}

/** @returns the outcome; none where the run was ended before a retry began, so that what failed stays the last word. */
async function runWithin(
  budget: ResourceBudget,
  attempt: Attempt,
  around: RunningAttempts,
): Promise<Outcome | undefined> {
  const reproduce = reproduceCommand(attempt.scenario, around);
  const reserved = await budget.reserve(attempt.scenario.needs, around.begins).then(
    (share) => ({ share }),
    (refusal: unknown) => ({ refusal }),
  );
  if ('refusal' in reserved) {
    if (around.begins.aborted && attempt.attempt > 1) return undefined;
    return recordNotStarted(attempt, { ...around, reproduce }, reserved.refusal);
  }
  using _share = reserved.share;
  const { outcome } = await runScenario(attempt, { ...around, reproduce });
  return outcome;
}

/** A scenario that never began: skipped when the run was ended before, errored when the host had no room for it. */
function recordNotStarted(
  attempt: Attempt,
  around: RunningAttempts & Pick<ScenarioSurroundings, 'reproduce'>,
  refusal: unknown,
): Outcome {
  const { id, scenario, file, repeat, attempt: count } = attempt;
  const { append, reproduce, signal, begins } = around;
  const place = { scenarioId: id, name: scenario.name, file, repeat, attempt: count, drill: scenario.drill };
  append({ kind: 'scenario-started', ...place, reproduce });
  if (begins.aborted) {
    const cause = signal.aborted ? 'the run was interrupted' : 'the time budget was over';
    const reason = `${cause} before it started`;
    append({ kind: 'scenario-ended', scenarioId: id, outcome: 'skipped', neverStarted: true, reason });
    return 'skipped';
  }
  const { outcome } = judge(refusal);
  append({ kind: 'scenario-ended', scenarioId: id, outcome, error: describeError(refusal), reproduce });
  return outcome;
}
