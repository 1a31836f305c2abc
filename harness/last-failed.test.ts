import t from 'tap';
import { type NewEvent, parseEventLog, summariseRun } from '../reports/index.ts';
import { unprovenScenarios } from './last-failed.ts';

const zero = { passed: 0, failed: 0, errored: 0, skipped: 0 };

function unproven(selected: string[] | undefined, events: NewEvent[]): string[] {
  const first = {
    ...{ kind: 'run-started', atMs: 0, schemaVersion: 1, runId: 'r', startedAt: '2026-01-02T03:04:05.000Z' },
    ...{ argv: [], seed: '7', timeoutScale: 1, selected, host: { cores: 1, memoryBytes: 1 } },
  };
  const lines = [first, ...events.map((event) => ({ ...event, atMs: 1 }))].map((event) =>
    JSON.stringify(event),
  );
  return unprovenScenarios(summariseRun(parseEventLog(Buffer.from(`${lines.join('\n')}\n`), 'log')));
}

function ended(name: string, outcome: string, more: { attempt?: number; repeat?: number } = {}): NewEvent[] {
  const scenarioId = `${name}.${more.repeat ?? 1}.${more.attempt ?? 1}`;
  return [
    { kind: 'scenario-started', scenarioId, name, file: 'x.ts', ...more },
    { kind: 'scenario-ended', scenarioId, outcome: outcome as 'passed' },
  ];
}

function notReached(name: string): NewEvent[] {
  const [start, end] = ended(name, 'skipped');
  return [start!, { ...end!, neverStarted: true } as NewEvent];
}

t.test('what failed or errored; not what passed, was skipped or flaky', async (t) => {
  const names = unproven(undefined, [
    ...ended('p', 'passed'),
    ...ended('f', 'failed'),
    ...ended('e', 'errored'),
    ...ended('s', 'skipped'),
    ...ended('flaky', 'failed'),
    ...ended('flaky', 'passed', { attempt: 2 }),
    ...ended('retried', 'failed'),
    ...ended('retried', 'errored', { attempt: 2 }),
    { kind: 'run-ended', counts: zero, interrupted: false },
  ]);
  t.same(names, ['e', 'f', 'retried']);
});

t.test('one repeat of many is enough, and counts once', async (t) => {
  const names = unproven(undefined, [
    ...ended('a', 'failed'),
    ...ended('a', 'passed', { repeat: 2 }),
    ...ended('a', 'failed', { repeat: 3 }),
  ]);
  t.same(names, ['a']);
});

t.test('what an interruption kept from starting', async (t) => {
  const end: NewEvent = { kind: 'run-ended', counts: zero, interrupted: true };
  t.same(unproven(['a', 'b'], [...ended('a', 'passed'), ...notReached('b'), end]), ['b']);
});

t.test('what a runner that died never came to, and what it was doing', async (t) => {
  const [start] = ended('b', 'passed');
  t.same(unproven(['a', 'b', 'c'], [...ended('a', 'passed'), start!]), ['b', 'c']);
});
