import t from 'tap';
import type { NewEvent, StepCategory } from './events.ts';
import { summariseRun } from './run-summary.ts';
import { folded, passed, runEnded, started } from './test-data/folded.ts';
import { sampleEvents } from './test-data/sample-run.ts';
import { timeSpent } from './time-spent.ts';

function step(stepId: string, category: StepCategory, parentId?: string): NewEvent {
  return { kind: 'step-started', scenarioId: 'a', stepId, parentId, sentence: stepId, category };
}

function stepEnded(stepId: string): NewEvent {
  return { kind: 'step-ended', scenarioId: 'a', stepId, outcome: 'passed' };
}

t.test("a step's own time is without the steps inside it; the sums are the scenarios' time", async (t) => {
  const spent = timeSpent(summariseRun({ events: sampleEvents }));
  t.strictSame(spent.categories, [
    { category: 'wait', durationMs: 2000 + 4900, steps: 2 },
    { category: 'boot', durationMs: 1000, steps: 1 },
    { category: 'outside-steps', durationMs: 500, steps: 0 },
  ]);
  t.match(spent, { wallMs: 8500, scenariosMs: 8400, machinesMs: 3000 + 4900 });
});

t.test('steps side by side: the clock counts once, their own times add up', async (t) => {
  const run = folded([
    [0, started('a')],
    [0, step('both', 'other')],
    [10, step('left', 'boot', 'both')],
    [20, step('right', 'boot', 'both')],
    [60, stepEnded('left')],
    [90, stepEnded('right')],
    [100, stepEnded('both')],
    [100, passed('a')],
    [100, runEnded({ passed: 1 })],
  ]);
  const spent = timeSpent(run, 2);
  t.strictSame(spent.categories, [
    { category: 'boot', durationMs: 50 + 70, steps: 2 },
    { category: 'other', durationMs: 20, steps: 1 },
  ]);
  t.strictSame(spent.slowestSteps, [
    { scenario: 'a', sentence: 'right', durationMs: 70 },
    { scenario: 'a', sentence: 'left', durationMs: 50 },
  ]);
});

t.test('a step that outlives its parent does not make the parent negative', async (t) => {
  const run = folded([
    [0, started('a')],
    [0, step('parent', 'wait')],
    [5, step('child', 'boot', 'parent')],
    [10, stepEnded('parent')],
    [30, stepEnded('child')],
    [40, passed('a')],
    [40, runEnded({ passed: 1 })],
  ]);
  t.match(timeSpent(run).categories, [
    { category: 'outside-steps', durationMs: 30 },
    { category: 'boot', durationMs: 25 },
    { category: 'wait', durationMs: 5 },
  ]);
});

t.test('an empty run has no time to tell of', async (t) => {
  t.strictSame(timeSpent(folded([[0, runEnded()]])), {
    ...{ wallMs: 0, scenariosMs: 0, machinesMs: 0, categories: [], slowestSteps: [] },
  });
});
