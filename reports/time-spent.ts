import type { StepCategory } from './events.ts';
import type { Run, ScenarioRun, StepRun } from './run-model.ts';

/** Where the time of a run went. Times of things that ran side by side are added up, so they can exceed the clock. */
export interface TimeSpent {
  /** By the clock, from the run's start to its end. */
  wallMs: number;
  /** All scenarios' durations together. */
  scenariosMs: number;
  /** The time that machines ran, all machines together. */
  machinesMs: number;
  /** Steps' own time by category, the largest first; `outside-steps` is scenarios' time in no step. */
  categories: { category: StepCategory | 'outside-steps'; durationMs: number; steps: number }[];
  /** The steps with the most time of their own, the largest first. */
  slowestSteps: { scenario: string; sentence: string; machine?: string; durationMs: number }[];
}

/**
 * Adds up where the time went. A step's own time is what no step inside it accounts for, so nothing counts twice
 * unless it happened twice, side by side.
 */
export function timeSpent(run: Run, slowestCount = 5): TimeSpent {
  const steps = run.scenarios.flatMap((scenario) =>
    flatten(scenario.steps).map((step) => ({
      scenario: scenario.name,
      step,
      ownMs: ownTimeMs(step),
    })),
  );
  const categories = new Map<StepCategory | 'outside-steps', { durationMs: number; steps: number }>();
  for (const { step, ownMs } of steps) addTime(categories, step.category, ownMs);
  const outsideMs = sum(run.scenarios.map(ownTimeMs));
  if (outsideMs > 0) categories.set('outside-steps', { durationMs: outsideMs, steps: 0 });
  const machines = [run.outside, ...run.scenarios].flatMap((happenings) => happenings.machines);
  return {
    wallMs: run.durationMs,
    scenariosMs: sum(run.scenarios.map((scenario) => scenario.durationMs)),
    machinesMs: sum(machines.map((machine) => machine.durationMs)),
    categories: [...categories]
      .map(([category, spent]) => ({ category, ...spent }))
      .sort((one, other) => other.durationMs - one.durationMs),
    slowestSteps: steps
      .sort((one, other) => other.ownMs - one.ownMs)
      .slice(0, slowestCount)
      .map(({ scenario, step, ownMs }) => ({
        scenario,
        sentence: step.sentence,
        ...(step.machine === undefined ? {} : { machine: step.machine }),
        durationMs: ownMs,
      })),
  };
}

function flatten(steps: StepRun[]): StepRun[] {
  return steps.flatMap((step) => [step, ...flatten(step.steps)]);
}

function ownTimeMs(whole: StepRun | ScenarioRun): number {
  const wholeEndMs = whole.startedAtMs + whole.durationMs;
  let coveredMs = 0;
  let coveredUntilMs = whole.startedAtMs;
  const parts = [...whole.steps].sort((one, other) => one.startedAtMs - other.startedAtMs);
  for (const part of parts) {
    const startMs = Math.max(part.startedAtMs, coveredUntilMs);
    const endMs = Math.min(part.startedAtMs + part.durationMs, wholeEndMs);
    if (endMs <= startMs) continue;
    coveredMs += endMs - startMs;
    coveredUntilMs = endMs;
  }
  return Math.max(0, whole.durationMs - coveredMs);
}

function addTime(
  categories: Map<StepCategory | 'outside-steps', { durationMs: number; steps: number }>,
  category: StepCategory,
  ownMs: number,
): void {
  const spent = categories.get(category) ?? { durationMs: 0, steps: 0 };
  categories.set(category, { durationMs: spent.durationMs + ownMs, steps: spent.steps + 1 });
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
