import { announce } from '../appliance/announce.ts';
import type { ApplianceStatus } from '../appliance/appliance-status.ts';
import type { Machine } from '../appliance/machine.ts';
import { powerOff, restart } from '../appliance/power.ts';
import { changeProgress, type ManufacturingProgress } from './progress.ts';

/** What a step of pre-install works on. */
export interface StepContext {
  machine: Machine;
  status: ApplianceStatus;
  progress: ManufacturingProgress;
}

/**
 * One step of pre-install. It may be cut off anywhere and run again from its beginning; what it changes in the
 * record beside its completion is what it returns.
 */
export interface Step {
  name: string;
  run(context: StepContext): Promise<Partial<ManufacturingProgress> | undefined>;
  /** What follows once the step is recorded. */
  endsIn?: 'restart' | 'power-off';
}

/** The first step that is not completed, or undefined. */
export function nextStep(
  steps: readonly Step[],
  progress: Pick<ManufacturingProgress, 'completed'>,
): Step | undefined {
  return steps.find(({ name }) => !progress.completed.includes(name));
}

/**
 * Runs the steps that are not completed, in order, and records each before the next (spec M5, M6). Returns when all
 * are, unless a step ends in a restart.
 */
export async function runSteps(steps: readonly Step[], context: StepContext): Promise<void> {
  const { machine, status } = context;
  let { progress } = context;
  for (let step = nextStep(steps, progress); step !== undefined; step = nextStep(steps, progress)) {
    const { name, endsIn } = step;
    announce(`STAGE ${name} begins`);
    status.update({ state: 'pre-install', detail: name });
    const changes = (await step.run({ machine, status, progress })) ?? {};
    progress = await changeProgress(machine, (before) => ({
      ...before,
      completed: [...before.completed, name],
      ...changes,
    }));
    announce(`STAGE ${name} completed`);
    if (endsIn === 'restart') await restart(`after ${name}`);
    if (endsIn === 'power-off') await powerOff(`after ${name}`);
  }
}
