import type { DrillFacts } from '../drill-facts.ts';
import type { NewEvent } from '../events.ts';
import { passed, runEnded, started } from './folded.ts';

export const quarantine = { owner: 'smith', reason: 'ticket 7', expires: '2026-12-31' };

/** scenario-started of a drill; its scenario is what its id begins with. */
export function drill(
  scenarioId: string,
  faults: [text: string, moment: string][],
  more: Partial<DrillFacts> = {},
): NewEvent {
  const [scenario = ''] = scenarioId.split('--');
  const facts = faults.map(([text, moment]) => ({ fault: text.split(' ')[0]!, text, moment }));
  return { ...started(scenarioId), drill: { scenario, faults: facts, ...more } } as NewEvent;
}

const recovery = (scenarioId: string, durationMs: number): NewEvent => ({
  ...{ kind: 'recovery', scenarioId, machine: 'alpha', durationMs },
});
export const ended = (scenarioId: string, outcome: 'failed' | 'errored'): NewEvent => ({
  ...{ kind: 'scenario-ended', scenarioId, outcome },
});
export const neverBegan = (scenarioId: string): NewEvent => ({
  ...{ kind: 'scenario-ended', scenarioId, outcome: 'skipped', neverStarted: true, reason: 'the budget' },
});

export const cut: [string, string] = ['power-cut lose=some', 'console:/STAGE/'];
/** Five drills: two that recovered, one in quarantine that failed, one of two faults, one that was never begun. */
export const drilledEvents: [number, NewEvent][] = [
  [0, drill('field--1', [cut])],
  [1, recovery('field--1', 12_000)],
  [1, recovery('field--1', 9_000)],
  [2, passed('field--1')],
  [3, drill('life--1', [cut])],
  [4, recovery('life--1', 41_200)],
  [5, passed('life--1')],
  [6, drill('field--2', [['bits-flipped', 'power-on:2']], { quarantine })],
  [7, ended('field--2', 'failed')],
  [8, drill('field--3', [['bits-flipped', 'power-on:2'], cut])],
  [9, ended('field--3', 'errored')],
  [9, drill('field--4', [['power-cut lose=some', 'power-on:2']])],
  [9, neverBegan('field--4')],
  [10, runEnded({ passed: 2, failed: 1, errored: 1, skipped: 1 })],
];
