import type { NewEvent } from '../events.ts';
import type { Run } from '../run-model.ts';
import { summariseRun } from '../run-summary.ts';
import { recordedEvents } from './sample-run.ts';

/** The model of a log with these events. */
export function folded(timed: [atMs: number, event: NewEvent][]): Run {
  return summariseRun({ events: recordedEvents(timed) });
}

/** scenario-started of a scenario with this id, which is its name as well. */
export function started(scenarioId: string, more: { repeat?: number; attempt?: number } = {}): NewEvent {
  return { kind: 'scenario-started', scenarioId, name: scenarioId, file: 'x.ts', ...more };
}

/** scenario-ended of a scenario that passed. */
export function passed(scenarioId: string): NewEvent {
  return { kind: 'scenario-ended', scenarioId, outcome: 'passed' };
}

/** run-ended with these counts, all others zero. */
export function runEnded(counts: Record<string, number> = {}, interrupted = false): NewEvent {
  const none = { passed: 0, failed: 0, errored: 0, skipped: 0 };
  return { kind: 'run-ended', counts: { ...none, ...counts }, interrupted };
}
