import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { countOutcomes, readEventLog, summariseRun } from '../reports/index.ts';
import { planScenarios, writeSyntheticRun } from './synthetic-run.ts';

const options = { machines: 20, durationMs: 600_000, floodBytes: 3 * 1024 * 1024, seed: 1 };

t.test('a synthetic run is a run: nothing in its log is out of place', async (t) => {
  const folder = t.testdir({});
  const { events } = await writeSyntheticRun(folder, options);
  const log = await readEventLog(folder);
  t.equal(log.events.length, events);
  const run = summariseRun(log, { goesOn: false });
  t.same(run.warnings, []);
  t.equal(run.state, 'ended');
  t.equal(run.durationMs, options.durationMs);
  t.equal(run.scenarios.length, 20);
  t.match(countOutcomes(run), { passed: 18, failed: 1, errored: 1 });
  for (const { scenarioId, steps, machines, artifacts, outcome } of run.scenarios) {
    t.ok(steps.every((step) => step.outcome !== undefined) && steps.some((step) => step.steps.length > 0));
    t.equal(machines.length, 5);
    t.ok(machines.every(({ how }) => how === 'powered-off'));
    t.not(outcome, undefined);
    const recording = artifacts.find(({ what }) => what === 'asciicast')!;
    t.ok((await stat(join(folder, recording.path))).size >= recording.sizeBytes, scenarioId);
  }
});

t.test('recordings are asciicasts whose times go on to the end of the scenario', async (t) => {
  const folder = t.testdir({});
  await writeSyntheticRun(folder, { ...options, machines: 1 });
  const [scenario] = planScenarios({ ...options, machines: 1 });
  const cast = await readFile(join(folder, 'scenarios', 'scenario-001', 'alpha', 'console.cast'), 'utf8');
  const [header, ...lines] = cast.trimEnd().split('\n');
  t.match(JSON.parse(header!), { version: 2 });
  const times = lines.map((line) => JSON.parse(line)[0] as number);
  t.same(
    times,
    times.toSorted((one, other) => one - other),
  );
  t.ok(times.at(-1)! * 1000 > scenario!.durationMs * 0.99 && times.at(-1)! * 1000 <= scenario!.durationMs);
});

t.test('of 100 machines some fail, and three flood', async (t) => {
  const scenarios = planScenarios({ ...options, machines: 100 });
  t.equal(scenarios.filter(({ outcome }) => outcome === 'failed').length, 6);
  t.equal(scenarios.filter(({ outcome }) => outcome === 'errored').length, 3);
  const floods = scenarios.filter(({ castBytes }) => castBytes === options.floodBytes);
  t.same(
    floods.map(({ outcome }) => outcome),
    ['failed', 'passed', 'passed'],
  );
  t.ok(scenarios.every(({ startMs, durationMs }) => startMs + durationMs <= options.durationMs));
});
