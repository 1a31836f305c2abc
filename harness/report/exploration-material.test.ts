import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type NewEvent, type RunEvent, runEventSchema, summariseRun } from '../../reports/index.ts';
import { exploration, givenSpan } from '../../reports/test-data/explored-span.ts';
import { recordedEvents } from '../../reports/test-data/sample-run.ts';
import { explorationText } from '../explorer/exploration-text.ts';
import type { SpanReport } from '../explorer/span-report.ts';
import { explorationOf } from './exploration-material.ts';
import { writeHtmlReport } from './write-html-report.ts';

const path = 'scenarios/one/explore.json';
const text = explorationText('seven', exploration(givenSpan()).spans as unknown as SpanReport[]);

/** A run that explored, with a file of this text. */
function exploredRun(runFolder: string, written: string | undefined, file = path) {
  const artifact: NewEvent = { kind: 'artifact', scenarioId: 'one', what: 'json', path: file, sizeBytes: 1 };
  const events: RunEvent[] = recordedEvents([
    [0, { kind: 'scenario-started', scenarioId: 'one', name: 'one', file: 'x.ts' }],
    [1, artifact],
    [2, { kind: 'scenario-ended', scenarioId: 'one', outcome: 'passed' }],
    [3, { kind: 'run-ended', counts: { passed: 1, failed: 0, errored: 0, skipped: 0 }, interrupted: false }],
  ]);
  mkdirSync(join(runFolder, 'scenarios/one'), { recursive: true });
  writeFileSync(
    join(runFolder, 'events.jsonl'),
    events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  );
  if (written !== undefined) writeFileSync(join(runFolder, file), written);
  return { run: summariseRun({ events }), events };
}

t.test('the report of a run that explored shows what was found, from the file that is there', async (t) => {
  const runFolder = t.testdir();
  const { run, events } = exploredRun(runFolder, text);
  const page = readFileSync(await writeHtmlReport(run, runFolder), 'utf8');
  t.match(page, '<section id="power-cuts"');
  t.match(page, '<div class="time-line cut-chart"');
  for (const event of events) t.ok(runEventSchema.safeParse(event).success, 'with no event that is new');
});

t.test('a run that did not explore, or whose file has another name, has no such section', async (t) => {
  const runFolder = t.testdir();
  const { run } = exploredRun(runFolder, text, 'scenarios/one/other.json');
  t.strictSame(await explorationOf(run.scenarios[0]!, runFolder), {});
  t.notMatch(readFileSync(await writeHtmlReport(run, runFolder), 'utf8'), 'id="power-cuts"');
});

t.test('a file that cannot be read is told of, and the report is made', async (t) => {
  const troubles: [string | undefined, RegExp][] = [
    [undefined, /ENOENT/],
    [text.slice(0, 500), /JSON/],
    ['{"version":2,"spans":[]}', /version/],
  ];
  for (const [written, trouble] of troubles) {
    const runFolder = t.testdir();
    const { run } = exploredRun(runFolder, written);
    t.match(await explorationOf(run.scenarios[0]!, runFolder), { exploration: { path, trouble } });
    t.match(readFileSync(await writeHtmlReport(run, runFolder), 'utf8'), 'What was found cannot be shown');
  }
  const runFolder = t.testdir();
  const { run } = exploredRun(runFolder, text);
  truncateSync(join(runFolder, path), 40 * 1024 ** 2);
  t.match(await explorationOf(run.scenarios[0]!, runFolder), { exploration: { trouble: 'it has 40 MiB' } });
});
