import t from 'tap';
import { parseEventLog } from './event-log-reader.ts';
import type { NewEvent } from './events.ts';
import { countOutcomes } from './outcome-counts.ts';
import { RunFold } from './run-fold.ts';
import { summariseRun } from './run-summary.ts';
import { folded, passed, runEnded, started } from './test-data/folded.ts';
import { recordedEvents, sampleEvents } from './test-data/sample-run.ts';

t.test('the sample run: scenarios, steps within steps, machines, and what was beside them', async (t) => {
  const run = summariseRun({ events: sampleEvents });
  t.match(run, {
    ...{ runId: 'r1', state: 'ended', durationMs: 8500, warnings: [] },
    scenarios: [
      {
        ...{ name: 'lifecycle', outcome: 'passed', startedAtMs: 0, durationMs: 3200 },
        steps: [
          {
            ...{ sentence: 'the master boots', durationMs: 3000, outcome: 'passed' },
            steps: [{ sentence: 'it becomes ready', durationMs: 2000, machine: 'alpha' }],
          },
        ],
        machines: [
          { machine: 'alpha', durationMs: 3000, how: 'powered-off', power: [{ atMs: 160, action: 'on' }] },
        ],
      },
      {
        ...{ outcome: 'failed', reproduce: './assay run damaged-root-recovers --seed 7' },
        checks: [{ what: 'the page answers', passed: false }],
        consoleAlarms: [{ marker: 'timeout', machine: 'beta' }],
      },
      { outcome: 'skipped', durationMs: 0 },
      { outcome: 'errored' },
    ],
  });
  t.strictSame(countOutcomes(run), { passed: 1, failed: 1, errored: 1, skipped: 1, flaky: 0 });
});

t.test(
  'cut anywhere, the log of the sample run gives a model with an outcome for every scenario',
  async (t) => {
    for (let length = 1; length < sampleEvents.length; length += 1) {
      const run = summariseRun({ events: sampleEvents.slice(0, length) });
      t.equal(run.state, 'broken-off');
      t.notOk(run.scenarios.some(({ outcome }) => outcome === undefined));
      t.notMatch(JSON.stringify(run), /durationMs":-/);
    }
  },
);

t.test('a runner that dies: what it was doing is errored, with the time so far', async (t) => {
  const lines = recordedEvents([
    [0, started('done')],
    [10, passed('done')],
    [20, { ...started('cut off'), reproduce: './assay run' } as NewEvent],
    [30, { kind: 'step-started', scenarioId: 'cut off', stepId: 's', sentence: 'it waits' }],
    [40, { kind: 'machine-started', scenarioId: 'cut off', machine: 'm', hardware: 'q35', qemuPid: 1 }],
    [90, { kind: 'note', text: 'last' }],
  ]).map((event) => JSON.stringify(event));
  const run = summariseRun(parseEventLog(Buffer.from(`${lines.join('\n')}\n{"kind":"no`), 'log'));
  t.match(run, {
    state: 'broken-off',
    warnings: ['line 8 of the event log is torn (11 bytes): its event is lost'],
    scenarios: [
      { outcome: 'passed', durationMs: 10 },
      {
        ...{ outcome: 'errored', reason: 'the runner ended before the scenario did', durationMs: 70 },
        ...{ error: { code: 'REPORTS_RUNNER_ENDED', blame: 'harness' }, reproduce: './assay run' },
        steps: [{ outcome: undefined, durationMs: 60 }],
        machines: [{ how: undefined, durationMs: 50 }],
      },
    ],
  });
});

t.test('an interrupted run says so, of scenarios that did not end as well', async (t) => {
  const run = folded([
    [0, started('a')],
    [5, runEnded({}, true)],
  ]);
  t.match(run, {
    state: 'interrupted',
    scenarios: [{ outcome: 'errored', error: { facts: { got: 'the end of the run (interrupted)' } } }],
  });
});

t.test('a scenario that ends without a command keeps the one it started with', async (t) => {
  const run = folded([
    [0, { ...started('a'), reproduce: './assay run a' } as NewEvent],
    [1, { kind: 'scenario-ended', scenarioId: 'a', outcome: 'failed', reproduce: undefined }],
    [2, runEnded({ failed: 1 })],
  ]);
  t.equal(run.scenarios[0]?.reproduce, './assay run a');
});

t.test('after run-ended nothing in the model is open any more, without further ado', async (t) => {
  const [first, ...events] = recordedEvents([
    [0, started('a')],
    [1, { kind: 'step-started', scenarioId: 'a', stepId: 's', sentence: 'it waits' }],
    [2, { kind: 'machine-started', machine: 'm', hardware: 'q35', qemuPid: 1 }],
    [5, runEnded({}, true)],
  ]);
  const fold = new RunFold(first!);
  for (const event of events) fold.apply(event);
  t.match(fold.run, {
    scenarios: [{ outcome: 'errored', durationMs: 5, steps: [{ durationMs: 4 }] }],
    outside: { machines: [{ durationMs: 3 }] },
  });
  t.strictSame(fold.run, summariseRun({ events: [first!, ...events] }));
});

t.test('of several attempts the last decides; each repeat counts', async (t) => {
  const run = folded([
    [0, { ...started('a1'), name: 'a' } as NewEvent],
    [1, { kind: 'scenario-ended', scenarioId: 'a1', outcome: 'failed' }],
    [1, { ...started('a2', { attempt: 2 }), name: 'a' } as NewEvent],
    [2, passed('a2')],
    [2, { ...started('a3', { repeat: 2 }), name: 'a' } as NewEvent],
    [3, passed('a3')],
    [4, runEnded({ passed: 1, flaky: 1 })],
  ]);
  t.strictSame(
    run.scenarios.map(({ isFinal, isFlaky }) => [isFinal, isFlaky]),
    [
      [false, false],
      [true, true],
      [true, false],
    ],
  );
  t.strictSame(countOutcomes(run), { passed: 1, failed: 0, errored: 0, skipped: 0, flaky: 1 });
  t.strictSame(run.warnings, []);
});

t.test('only a pass after a break is flaky', async (t) => {
  const attempts = (first: string, last: string) =>
    folded([
      [0, { ...started('a1'), name: 'a' } as NewEvent],
      [1, { kind: 'scenario-ended', scenarioId: 'a1', outcome: first } as NewEvent],
      [1, { ...started('a2', { attempt: 2 }), name: 'a' } as NewEvent],
      [2, { kind: 'scenario-ended', scenarioId: 'a2', outcome: last } as NewEvent],
    ]);
  t.match(countOutcomes(attempts('errored', 'passed')), { passed: 0, flaky: 1 });
  t.match(countOutcomes(attempts('failed', 'failed')), { failed: 1, flaky: 0 });
  t.match(countOutcomes(attempts('failed', 'skipped')), { skipped: 1, flaky: 0 });
  t.match(countOutcomes(attempts('skipped', 'passed')), { passed: 1, flaky: 0 });
});

t.test('a log from before there were flaky scenarios is read, and its counts agree', async (t) => {
  const events = [
    ...recordedEvents([
      [0, started('a')],
      [1, passed('a')],
    ]),
  ];
  const ended =
    '{"kind":"run-ended","atMs":2,"counts":{"passed":1,"failed":0,"errored":0,"skipped":0},"interrupted":false}';
  const lines = [...events.map((event) => JSON.stringify(event)), ended];
  const run = summariseRun(parseEventLog(Buffer.from(`${lines.join('\n')}\n`), 'log'));
  t.strictSame(run.warnings, []);
});

t.test('of a run that goes on, what is unfinished is under way', async (t) => {
  const run = summariseRun({ events: recordedEvents([[0, started('a')]]) }, { goesOn: true });
  t.match(run, { state: 'running', scenarios: [{ outcome: undefined }] });
});

t.test('a runner that counted otherwise than its log is reported', async (t) => {
  const run = folded([
    [0, started('a')],
    [1, passed('a')],
    [2, runEnded({ passed: 2 })],
  ]);
  t.match(run.warnings, [/the runner counted .*"passed":2.* the event log has .*"passed":1/]);
});

t.test(
  'teardown after the end of a scenario still belongs to it; what has no scenario lies outside',
  async (t) => {
    const machine = { machine: 'm', hardware: 'q35', qemuPid: 1 };
    const run = folded([
      [0, started('a')],
      [1, { kind: 'machine-started', scenarioId: 'a', ...machine }],
      [1, { kind: 'machine-started', ...machine }],
      [2, passed('a')],
      [5, { kind: 'machine-ended', scenarioId: 'a', machine: 'm', how: 'stopped' }],
      [6, { kind: 'machine-started', scenarioId: 'a', ...machine, hardware: 'again' }],
      [7, { kind: 'machine-ended', machine: 'm', how: 'died', detail: 'signal 9' }],
      [9, runEnded({ passed: 1 })],
    ]);
    t.match(run.scenarios[0]?.machines, [
      { durationMs: 4, how: 'stopped' },
      { hardware: 'again', durationMs: 3, how: undefined },
    ]);
    t.match(run.outside.machines, [{ durationMs: 6, how: 'died', detail: 'signal 9' }]);
    t.equal(run.scenarios[0]?.durationMs, 2);
  },
);

t.test('QMP events, ordinary console traffic and the like are not in the model, alarms are', async (t) => {
  const run = folded([
    [0, started('a')],
    [1, { kind: 'qmp', scenarioId: 'a', machine: 'm', name: 'RESET' }],
    [1, { kind: 'console', scenarioId: 'a', machine: 'm', marker: 'match', text: 'login:' }],
    [2, { kind: 'console', scenarioId: 'a', machine: 'm', marker: 'panic', text: 'not syncing' }],
    [3, { kind: 'fault', scenarioId: 'a', what: 'bit rot', proof: 'sector 7: 00 -> 01' }],
    [3, { kind: 'artifact', scenarioId: 'a', what: 'disk', path: 'd.raw', sizeBytes: 5 }],
    [3, { kind: 'measure', name: 'boot', value: 1.5, unit: 's' }],
    [4, passed('a')],
    [5, runEnded({ passed: 1 })],
  ]);
  t.strictSame(run.scenarios[0]?.consoleAlarms, [
    { atMs: 2, machine: 'm', marker: 'panic', text: 'not syncing' },
  ]);
  t.match(run.scenarios[0], { faults: [{ what: 'bit rot' }], artifacts: [{ path: 'd.raw' }], measures: [] });
  t.match(run.outside.measures, [{ name: 'boot' }]);
});

t.test('events that cannot come where they come are errors', async (t) => {
  const machine = { kind: 'machine-started', machine: 'm', hardware: 'q35', qemuPid: 1 } as const;
  const step = { kind: 'step-started', scenarioId: 'a', stepId: 's', sentence: 'x' } as const;
  const wrong: Record<string, NewEvent[]> = {
    'a scenario starts twice': [started('a'), started('a')],
    'a scenario ends that never started': [passed('a')],
    'a scenario ends twice': [started('a'), passed('a'), passed('a')],
    'a step of no scenario': [step],
    'a step starts twice': [started('a'), step, step],
    'a step of a parent that never started': [started('a'), { ...step, parentId: 'p' }],
    'a step ends that never started': [
      started('a'),
      { kind: 'step-ended', scenarioId: 'a', stepId: 's', outcome: 'passed' },
    ],
    'a machine starts twice': [machine, machine],
    'a machine ends that never started': [{ kind: 'machine-ended', machine: 'm', how: 'cut' }],
    'power of a machine that never started': [{ kind: 'power', machine: 'm', action: 'on' }],
    'a check of no scenario': [{ kind: 'check', scenarioId: 'a', what: 'x', passed: true }],
  };
  for (const [what, events] of Object.entries(wrong)) {
    t.throws(() => folded(events.map((event) => [1, event])), { code: 'REPORTS_EVENT_INVALID' }, what);
  }
  t.throws(() => new RunFold(sampleEvents[1]!), { code: 'REPORTS_EVENT_INVALID' });
});
