import type { EventError } from './events.ts';
import { printableLine } from './printable-text.ts';
import type { ScenarioRun, StepRun } from './run-model.ts';

/** The name of a scenario, with repeat and attempt where there is more than one. */
export function scenarioLabel(scenario: ScenarioRun): string {
  const repeat = scenario.repeat > 1 ? ` (repeat ${scenario.repeat})` : '';
  const attempt = scenario.attempt > 1 || !scenario.isFinal ? ` (attempt ${scenario.attempt})` : '';
  return `${printableLine(scenario.name) || 'unnamed'}${repeat}${attempt}`;
}

/** The sentences from the outermost step to the innermost that broke or was left unfinished; empty if none. */
export function brokenStepPath(steps: StepRun[]): string[] {
  const broken = steps.findLast((step) => step.outcome !== 'passed' && step.outcome !== 'skipped');
  return broken === undefined ? [] : [printableLine(broken.sentence), ...brokenStepPath(broken.steps)];
}

/** The first line of what broke, with its code. */
export function errorHeadline(error: EventError): string {
  return printableLine(`${error.code}: ${error.message.split('\n', 1)[0]}`);
}
