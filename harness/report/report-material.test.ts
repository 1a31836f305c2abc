import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type Run, summariseRun } from '../../reports/index.ts';
import { recordedEvents } from '../../reports/test-data/sample-run.ts';
import { writeReports } from '../write-reports.ts';
import { writeReportRun } from './fixtures/report-run.ts';
import { readLoggedEvents } from './logged-events.ts';
import { recordingAllowances } from './recording-allowances.ts';
import { readReportMaterial } from './report-material.ts';

t.test('events, consoles and links are there by scenario', async (t) => {
  const runFolder = t.testdir();
  const material = await readReportMaterial(writeReportRun(runFolder), runFolder);
  const { events, consoles, links } = material.get('a')!;
  t.match(events, [{ kind: 'qmp', name: 'RESUME' }, { marker: 'match' }, { marker: 'panic' }]);
  t.match(consoles, [
    { machine: 'alpha', port: 'console', startedAtMs: 500, durationMs: 9_000, recording: /^H4s/ },
    { machine: 'bravo', port: 'console', startedAtMs: 600, durationMs: 1_000 },
  ]);
  t.match(consoles[0]!.files, [
    { what: 'log', href: 'scenarios/a/alpha/console.log' },
    { what: 'recording', href: 'scenarios/a/alpha/console.cast' },
  ]);
  t.equal(
    links['.assay/runs/elsewhere/scenarios/a'],
    'scenarios/a',
    'evidence is found where the run lies now',
  );
});

t.test('links lead from where the page lies', async (t) => {
  const runFolder = t.testdir();
  const material = await readReportMaterial(writeReportRun(runFolder), runFolder, join(runFolder, 'x', 'y'));
  t.equal(material.get('a')!.consoles[0]!.files[0]!.href, '../../scenarios/a/alpha/console.log');
});

t.test('a recording that is gone is one that cannot be replayed', async (t) => {
  const runFolder = t.testdir();
  const run = writeReportRun(runFolder);
  rmSync(join(runFolder, 'scenarios'), { recursive: true });
  const { consoles, links } = (await readReportMaterial(run, runFolder)).get('a')!;
  t.match(consoles[0], { machine: 'alpha', recording: '', files: [] });
  t.strictSame(links, {});
});

t.test('of very many events the first and the last are kept, and a torn log is read', async (t) => {
  const runFolder = t.testdir();
  writeReportRun(runFolder);
  const event = (index: number) =>
    `${JSON.stringify({ kind: 'qmp', atMs: 50_000, scenarioId: 'a', machine: 'alpha', name: `EVENT-${index}` })}\n`;
  const many = Array.from({ length: 10_000 }, (_, index) => event(index)).join('');
  appendFileSync(
    join(runFolder, 'events.jsonl'),
    `${many}{"kind":"qmp","at\n{"kind":"qmp","scenarioId":"a"}\n{"kind":"q`,
  );
  const { events, omitted } = (await readLoggedEvents(runFolder)).get('a')!;
  t.ok(events.length <= 800, `${events.length} are held`);
  t.match(events.at(-1), { name: 'EVENT-9999' });
  t.match(events[0], { name: 'RESUME' });
  t.equal(events.length + omitted, 10_003, 'and what is not held is counted');
});

t.test('recordings share what a page may have', async (t) => {
  for (const machines of [1, 20, 100, 1_000]) {
    const run = runOf(machines, ['failed', 'passed']);
    const allowances = recordingAllowances(run);
    const total = run.scenarios.reduce(
      (sum, { scenarioId, artifacts }) => sum + artifacts.length * allowances.get(scenarioId)!,
      0,
    );
    t.ok(total <= (machines <= 20 ? 2_500_000 : 6_000_000), `${total} for ${machines} machines`);
    const [ofFailed = 0, ofPassed = 0] = run.scenarios.map(({ scenarioId }) => allowances.get(scenarioId)!);
    t.ok(machines === 1 || ofFailed > 2 * ofPassed, 'what failed may show more');
  }
});

/** A run of so many machines with two recorded ports each, in as many scenarios, their outcomes in turn. */
function runOf(machines: number, outcomes: ('failed' | 'passed')[]): Run {
  const of = (index: number) => ({ scenarioId: `s${index}`, machine: 'alpha' });
  const indexes = Array.from({ length: machines }, (_, index) => index);
  return summariseRun({
    events: recordedEvents(
      indexes.flatMap((index): Parameters<typeof recordedEvents>[0] => [
        [index, { kind: 'scenario-started', scenarioId: `s${index}`, name: `s${index}`, file: 'x.ts' }],
        [index, { kind: 'artifact', ...of(index), what: 'asciicast', path: 'console.cast', sizeBytes: 0 }],
        [index, { kind: 'artifact', ...of(index), what: 'asciicast', path: 'lcd.cast', sizeBytes: 0 }],
        [
          index,
          { kind: 'scenario-ended', scenarioId: `s${index}`, outcome: outcomes[index % outcomes.length]! },
        ],
      ]),
    ),
  });
}

t.test('a page that cannot be made does not take the other reports along', async (t) => {
  const runFolder = t.testdir({ 'events.jsonl': {} });
  const run = runOf(1, ['passed']);
  await writeReports(run, runFolder);
  t.match(run.warnings, [/^the HTML report could not be written: .*events\.jsonl|EISDIR/]);
});
