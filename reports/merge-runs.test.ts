import t from 'tap';
import type { ReadEventLog } from './event-log-reader.ts';
import { type NewEvent, type RunEvent, type RunFacts, runEventSchema } from './events.ts';
import { type MergeInput, mergeRuns } from './merge-runs.ts';
import { countOutcomes } from './outcome-counts.ts';
import type { Run } from './run-model.ts';
import { summariseRun } from './run-summary.ts';
import { terminalSummary } from './terminal-summary.ts';
import { passed, runEnded, started } from './test-data/folded.ts';
import { recordedEvents } from './test-data/sample-run.ts';

interface RunOf {
  startedAt?: string;
  facts?: Partial<RunFacts>;
  events: [atMs: number, event: NewEvent][];
}

function log({ startedAt = '2026-01-02T03:04:05.000Z', facts = {}, events }: RunOf): ReadEventLog {
  const [first, ...others] = recordedEvents(events);
  return { events: [runEventSchema.parse({ ...first, startedAt, ...facts }), ...others] };
}

function input(runId: string, run: RunOf): MergeInput {
  return { folder: `runs/${runId}`, log: log({ ...run, facts: { ...run.facts, runId } }) };
}

const facts = { runId: 'all', argv: ['report', 'merge'] };

function merged(...inputs: MergeInput[]): { events: RunEvent[]; run: Run } {
  const { events } = mergeRuns(inputs, facts);
  for (const event of events)
    t.strictSame(JSON.parse(JSON.stringify(runEventSchema.parse(event))), JSON.parse(JSON.stringify(event)));
  return { events, run: summariseRun({ events }) };
}

const machine = { machine: 'm', hardware: 'q35', qemuPid: 1 };

t.test('two runs on one clock, in the order of their starts, with ids of their own', async (t) => {
  const step = { scenarioId: 'a', stepId: 'a.1' };
  const late = input('late', {
    startedAt: '2026-01-02T03:04:06.500Z',
    facts: { argv: ['run', '--shard', '2/2'], seed: '8', plannedScenarios: 1, selected: ['b'] },
    events: [
      [0, { ...started('a'), name: 'b' } as NewEvent],
      [1, { kind: 'step-started', ...step, sentence: 'in b' }],
      [2, { kind: 'step-started', ...step, stepId: 'a.2', parentId: 'a.1', sentence: 'inner' }],
      [3, { kind: 'step-ended', ...step, stepId: 'a.2', outcome: 'passed' }],
      [4, { kind: 'step-ended', ...step, outcome: 'passed' }],
      [100, passed('a')],
      [200, runEnded({ passed: 1 })],
    ],
  });
  const early = input('early', {
    facts: { plannedScenarios: 1, selected: ['a'] },
    events: [
      [0, started('a')],
      [2000, { kind: 'scenario-ended', scenarioId: 'a', outcome: 'failed', reason: 'x' }],
      [2100, runEnded({ failed: 1 })],
    ],
  });
  const { run, events } = merged(late, early);
  t.match(run, {
    ...{ runId: 'all', argv: ['report', 'merge'], seed: '7', startedAt: '2026-01-02T03:04:05.000Z' },
    ...{ state: 'ended', durationMs: 2000, plannedScenarios: 2, selected: ['a', 'b'], warnings: [] },
    scenarios: [
      { scenarioId: '1.a', name: 'a', startedAtMs: 0, durationMs: 2000, outcome: 'failed' },
      {
        ...{ scenarioId: '2.a', name: 'b', startedAtMs: 1500, durationMs: 100, outcome: 'passed', repeat: 1 },
        steps: [{ stepId: '2.a.1', startedAtMs: 1501, steps: [{ stepId: '2.a.2' }] }],
      },
    ],
  });
  t.equal(run.error, undefined);
  t.match(events.at(-1), { kind: 'run-ended', counts: { passed: 1, failed: 1 }, interrupted: false });
  t.strictSame(
    run.outside.notes.map(({ text }) => text),
    [
      '1: run early, started 2026-01-02T03:04:05.000Z: assay run --seed 7',
      '2: run late, started 2026-01-02T03:04:06.500Z: assay run --shard 2/2',
      '2: seed is 8, in 1 it is 7',
    ],
  );
});

t.test('the same scenario in two runs is kept twice; attempts stay with their run', async (t) => {
  const attempt = (id: string, number: number) =>
    ({ ...started(id, { attempt: number }), name: 'a' }) as NewEvent;
  const flaky = input('flaky', {
    events: [
      [0, attempt('a', 1)],
      [1, { kind: 'scenario-ended', scenarioId: 'a', outcome: 'failed' }],
      [5, attempt('a.attempt-2', 2)],
      [6, passed('a.attempt-2')],
      [7, runEnded({ flaky: 1 })],
    ],
  });
  // It starts between the two attempts of the other.
  const failing = input('failing', {
    events: [
      [2, attempt('a', 1)],
      [3, { kind: 'scenario-ended', scenarioId: 'a', outcome: 'failed' }],
      [4, runEnded({ failed: 1 })],
    ],
  });
  const { run } = merged(flaky, failing);
  t.match(countOutcomes(run), { passed: 0, failed: 1, flaky: 1 });
  t.strictSame(
    run.scenarios.map(({ scenarioId, repeat, attempt, isFinal }) => [scenarioId, repeat, attempt, isFinal]),
    [
      ['1.a', 1, 1, false],
      ['2.a', 2, 1, true],
      ['1.a.attempt-2', 1, 2, true],
    ],
  );
});

t.test('a run whose runner died ends where its log does, and the whole says so', async (t) => {
  const whole = input('whole', {
    events: [
      [0, started('a')],
      [900, passed('a')],
      [901, runEnded({ passed: 1 })],
    ],
  });
  const dead = input('dead', {
    events: [
      [0, started('b')],
      [1, { kind: 'machine-started', scenarioId: 'b', ...machine }],
      [1, { kind: 'machine-started', ...machine }],
      [50, { kind: 'note', text: 'last' }],
    ],
  });
  dead.log.tornLine = { lineNumber: 6, sizeBytes: 11 };
  const { run } = merged(whole, dead);
  t.match(run, {
    state: 'ended',
    error: {
      code: 'REPORTS_MERGE_PARTIAL',
      facts: { got: 'runs/dead: the runner ended before the run did; its last line (11 bytes) is torn' },
    },
    scenarios: [
      { name: 'a', outcome: 'passed' },
      {
        ...{ name: 'b', outcome: 'errored', durationMs: 50, error: { code: 'REPORTS_RUNNER_ENDED' } },
        machines: [{ machine: 'm', durationMs: 49, how: 'stopped' }],
      },
    ],
    outside: { machines: [{ machine: '2.m', durationMs: 49 }] },
  });
  t.match(terminalSummary(run, { color: false }), 'warning: runs/dead: the runner ended before the run did');
});

t.test('a shard that is missing makes the whole a part; one that had nothing does not', async (t) => {
  const shard = (number: number, of: number, events: RunOf['events'] = [[1, runEnded()]]) =>
    input(`${number}/${of}`, { facts: { shard: { number, of }, plannedScenarios: 0 }, events });
  const one = shard(1, 3, [
    [0, started('a')],
    [1, passed('a')],
    [2, runEnded({ passed: 1 })],
  ]);
  const { run } = merged(one, shard(3, 3));
  t.match(run.error, {
    code: 'REPORTS_MERGE_PARTIAL',
    facts: { got: 'shard 2/3 is not among the merged runs' },
  });
  t.equal(run.shard, undefined);
  t.equal(merged(one, shard(2, 3), shard(3, 3)).run.error, undefined);
});

t.test('what ended one of the runs ends the whole: an interruption, an error', async (t) => {
  const interrupted = input('i', { events: [[0, runEnded({}, true)]] });
  const error = { code: 'X_Y', blame: 'host', message: 'no QEMU' } as const;
  const broken = input('b', { events: [[0, { ...runEnded(), error } as NewEvent]] });
  const { run } = merged(interrupted, broken);
  t.match(run, { state: 'interrupted', error: { code: 'X_Y' } });
});

t.test('what a run itself would warn of is a note', async (t) => {
  const miscounted = input('m', { events: [[0, runEnded({ passed: 3 })]] });
  t.match(merged(miscounted).run.outside.notes, [{}, { text: /runs\/m: the runner counted/ }]);
});

t.test('paths are put right by the caller, who is told both ids', async (t) => {
  const calls: unknown[] = [];
  const { renamed, events } = mergeRuns(
    [
      {
        ...input('r', {
          events: [
            [0, started('a')],
            [1, { kind: 'artifact', scenarioId: 'a', what: 'log', path: 'scenarios/a/x.log', sizeBytes: 1 }],
            [1, { kind: 'artifact', what: 'log', path: 'outside.log', sizeBytes: 1 }],
            [
              2,
              {
                ...{ kind: 'scenario-ended', scenarioId: 'a', outcome: 'failed' },
                evidence: [{ what: 'folder', path: 'here/scenarios/a' }],
              },
            ],
            [3, runEnded({ failed: 1 })],
          ],
        }),
        pathOf: (path, kind, ids) => {
          calls.push([path, kind, ids]);
          return `new/${path}`;
        },
      },
    ],
    facts,
  );
  const ids = { scenarioId: 'a', mergedId: '1.a' };
  t.strictSame(calls, [
    ['scenarios/a/x.log', 'artifact', ids],
    ['outside.log', 'artifact', undefined],
    ['here/scenarios/a', 'evidence', ids],
  ]);
  t.match(renamed, [ids]);
  t.match(
    events.filter(({ kind }) => kind === 'artifact' || kind === 'scenario-ended'),
    [
      { path: 'new/scenarios/a/x.log' },
      { path: 'new/outside.log' },
      { evidence: [{ path: 'new/here/scenarios/a' }] },
    ],
  );
});

t.test('a run is not merged with itself', async (t) => {
  const run: RunOf = { events: [[0, runEnded()]] };
  const twice = [input('r', run), { ...input('r', run), folder: 'copy' }];
  t.throws(() => mergeRuns(twice, facts), { code: 'REPORTS_MERGE_TWICE', message: /copy/ });
});

t.test('a merged run can be merged again', async (t) => {
  const { events } = mergeRuns(
    [
      input('x', {
        events: [
          [0, started('a')],
          [1, passed('a')],
          [2, runEnded({ passed: 1 })],
        ],
      }),
    ],
    facts,
  );
  const other = input('y', {
    events: [
      [0, started('a')],
      [1, passed('a')],
      [2, runEnded({ passed: 1 })],
    ],
  });
  const { run } = merged({ log: { events }, folder: 'all' }, other);
  t.match(run.scenarios, [
    { scenarioId: '1.1.a', repeat: 1 },
    { scenarioId: '2.a', repeat: 2 },
  ]);
});
