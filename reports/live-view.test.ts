import stringWidth from 'string-width';
import t from 'tap';
import { type LiveViewOptions, liveView } from './live-view.ts';
import { RunFold } from './run-fold.ts';
import type { Run } from './run-model.ts';
import { passed, started } from './test-data/folded.ts';
import { hostileTexts } from './test-data/hostile-texts.ts';
import { recordedEvents } from './test-data/sample-run.ts';

const options: LiveViewOptions = {
  ...{ widthColumns: 60, heightLines: 24, nowMs: 12_345 },
  lastConsoleLine: (scenarioId, machine) =>
    `${scenarioId}/${machine} \u001b[32mStarting the web administration and much more`,
};

function running(): Run {
  const machine = { kind: 'machine-started', hardware: 'q35', qemuPid: 1 } as const;
  const step = { kind: 'step-started', scenarioId: 'lifecycle', category: 'wait' } as const;
  const [first, ...events] = recordedEvents([
    [0, started('done')],
    [1, passed('done')],
    [2000, started('lifecycle')],
    [2000, { ...step, stepId: 'one', sentence: 'over' }],
    [2100, { kind: 'step-ended', scenarioId: 'lifecycle', stepId: 'one', outcome: 'passed' }],
    [2100, { ...step, stepId: 'two', sentence: 'clones boot' }],
    [2200, { ...step, stepId: 'three', parentId: 'two', sentence: 'ready' }],
    [2300, { ...machine, scenarioId: 'lifecycle', machine: 'alpha' }],
    [2300, { ...machine, scenarioId: 'lifecycle', machine: 'gone' }],
    [2345, { ...machine, scenarioId: 'lifecycle', machine: 'beta' }],
    [2400, { kind: 'machine-ended', scenarioId: 'lifecycle', machine: 'gone', how: 'cut' }],
    [3000, started('other')],
  ]);
  const fold = new RunFold(first!);
  for (const event of events) fold.apply(event);
  return fold.run;
}

t.test('running scenarios, their steps, their machines with the last console line, the count', async (t) => {
  t.strictSame(liveView(running(), options), [
    'lifecycle  10.3s  clones boot > ready',
    '  alpha  10.0s  | lifecycle/alpha Starting the web administ…',
    '  beta  10.0s  | lifecycle/beta Starting the web administra…',
    'other  9.3s',
    '1 passed, 0 failed, 0 errored, 0 skipped, 2 running, 12.3s',
  ]);
});

t.test('a terminal that is too low shows the first lines and how many there are more', async (t) => {
  t.strictSame(liveView(running(), { ...options, widthColumns: 30, heightLines: 3 }), [
    'lifecycle  10.3s  clones boot…',
    '… 3 more lines',
    '1 passed, 0 failed, 0 errored…',
  ]);
  t.equal(liveView(running(), { ...options, heightLines: 1 }).length, 1);
});

t.test('a machine that said nothing yet', async (t) => {
  const lines = liveView(running(), { ...options, lastConsoleLine: () => undefined });
  t.equal(lines[1], '  alpha  10.0s  | (no output yet)');
});

t.test('no console line is wider than the terminal or moves its cursor', async (t) => {
  for (const [what, text] of Object.entries(hostileTexts)) {
    for (const widthColumns of [1, 2, 17, 80]) {
      const lines = liveView(running(), { ...options, widthColumns, lastConsoleLine: () => text });
      t.ok(
        lines.every((line) => stringWidth(line) <= widthColumns),
        `${what}, ${widthColumns} columns`,
      );
      t.notMatch(lines.join(''), /\p{Cc}|\p{Cf}/u, what);
    }
  }
});
