import t from 'tap';
import { create } from 'xmlbuilder2';
import { drillLines } from './drill-lines.ts';
import { drillTable } from './drill-table.ts';
import type { NewEvent } from './events.ts';
import { jsonReport } from './json-report.ts';
import { junitReport } from './junit-report.ts';
import { mergeRuns } from './merge-runs.ts';
import { countDecisiveOutcomes, countOutcomes } from './outcome-counts.ts';
import type { Run } from './run-model.ts';
import { summariseRun } from './run-summary.ts';
import { tapReport } from './tap-report.ts';
import { noColors } from './terminal-colors.ts';
import { terminalSummary } from './terminal-summary.ts';
import { cut, drill, drilledEvents, ended, neverBegan, quarantine } from './test-data/drilled-run.ts';
import { folded, passed, runEnded, started } from './test-data/folded.ts';
import { hostileTexts } from './test-data/hostile-texts.ts';
import { recordedEvents } from './test-data/sample-run.ts';

t.test('fault by moment, with outcomes and the longest recovery of each drill', async (t) => {
  const table = drillTable(folded(drilledEvents))!;
  t.match(table, { planned: 5, begun: 4 });
  t.strictSame(table.moments, ['console:/STAGE/', 'power-on:2', 'power-on:2 and console:/STAGE/']);
  t.strictSame(
    table.rows.map(({ faults, cells }) => [faults, cells.map(({ moment }) => moment)]),
    [
      ['bits-flipped', ['power-on:2']],
      ['power-cut lose=some', ['console:/STAGE/', 'power-on:2']],
      ['bits-flipped and power-cut lose=some', ['power-on:2 and console:/STAGE/']],
    ],
  );
  t.strictSame(table.rows[1]?.cells[0]?.drills, [
    { scenarioId: 'field--1', scenario: 'field', outcome: 'passed', recoveryMs: 12_000 },
    { scenarioId: 'life--1', scenario: 'life', outcome: 'passed', recoveryMs: 41_200 },
  ]);
  t.strictSame(table.rows[0]?.cells[0]?.drills, [
    { scenarioId: 'field--2', scenario: 'field', outcome: 'failed', quarantine },
  ]);
});

t.test('a fault on another controller or layout, or with another end, has a row of its own', async (t) => {
  const on = (scenarioId: string, more: object): [number, NewEvent][] => [
    [0, drill(scenarioId, [cut], more)],
    [1, passed(scenarioId)],
  ];
  const run = folded([
    ...on('field--1', {}),
    ...on('field--2', { controller: 'nvme' }),
    ...on('field--3', { controller: 'nvme', layout: 'headless' }),
    ...on('life--3', { controller: 'nvme', layout: 'headless' }),
    ...on('life--4', { ends: 'refused:/no licence/' }),
    [2, runEnded({ passed: 4 })],
  ]);
  t.match(
    drillTable(run)?.rows.map(({ cells, ...row }) => [row, cells[0]?.drills.length]),
    [
      [{ faults: 'power-cut lose=some' }, 1],
      [{ faults: 'power-cut lose=some', ends: 'refused:/no licence/' }, 1],
      [{ faults: 'power-cut lose=some', controller: 'nvme' }, 1],
      [{ faults: 'power-cut lose=some', controller: 'nvme', layout: 'headless' }, 2],
    ],
  );
  const rows = drillLines(run, noColors).filter((line) => /^ {2}power/.test(line));
  t.strictSame(rows, [
    '  power-cut lose=some',
    '  power-cut lose=some \u00b7 expected: refused:/no licence/',
    '  power-cut lose=some \u00b7 nvme',
    '  power-cut lose=some \u00b7 nvme \u00b7 headless',
  ]);
  t.match(JSON.parse(jsonReport(run)), {
    drills: { rows: [{}, { ends: 'refused:/no licence/' }, { controller: 'nvme' }, { layout: 'headless' }] },
  });
});

const golden = `\
Drills
  4 of 5 drills were begun.
  bits-flipped
    power-on:2                      failed
      field: in quarantine until 2026-12-31, does not fail the run: ticket 7 (smith)
  power-cut lose=some
    console:/STAGE/                 2 passed, well again after 12.0s to 41.2s
    power-on:2                      not begun
  bits-flipped and power-cut lose=some
    power-on:2 and console:/STAGE/  errored`;

t.test('the terminal and the JSON report have it, where there are drills', async (t) => {
  const run = folded(drilledEvents);
  t.equal(drillLines(run, noColors).join('\n'), golden);
  t.match(terminalSummary(run, { color: false }), `${golden}\n\nWhere the time went`);
  t.match(JSON.parse(jsonReport(run)), { drills: JSON.parse(JSON.stringify(drillTable(run))) });
  const plain = folded([
    [0, started('one')],
    [1, passed('one')],
    [2, runEnded({ passed: 1 })],
  ]);
  t.equal(drillTable(plain), undefined);
  t.notMatch(terminalSummary(plain, { color: false }), /Drills/);
  t.notOk('drills' in JSON.parse(jsonReport(plain)));
});

const campaign = { matrix: 'm.yaml', planDigest: 'abc', drills: 9, leftOut: 2, budgetMs: 60_000 };
const sentence = (run: Run) => drillLines(run, noColors)[1]?.trim();

t.test('a campaign says how much of its matrix was run, and that it is a sample', async (t) => {
  const run = {
    ...folded(drilledEvents),
    selected: ['field--1', 'life--1', '3', '4', '5', '6', '7', '8', '9'],
    campaign,
  };
  t.equal(
    sentence(run),
    '4 of 9 drills were begun within the budget of 1m; their order is drawn from the seed, so they are a random ' +
      'sample; the matrix m.yaml has 9; 2 combinations cannot be, and were left out.',
  );
  const whole = { ...folded(drilledEvents.slice(0, 4)), campaign: { ...campaign, drills: 1, resumes: 'r0' } };
  t.match(sentence(whole), /^1 drill was begun; the matrix m.yaml has 1;.*goes on with run r0\.$/);
  t.notMatch(sentence(whole), /sample/);
});

t.test('failures in quarantine do not decide, and are counted', async (t) => {
  const run = folded(drilledEvents);
  t.match(countOutcomes(run), { passed: 2, failed: 1, errored: 1 });
  t.match(countDecisiveOutcomes(run), { passed: 2, failed: 0, errored: 1 });
  const why = /in quarantine until 2026-12-31: ticket 7 \(smith\)/.source;
  t.match(tapReport(run), new RegExp(`^not ok 3 - field--2 # TODO ${why}$`, 'm'));
  t.match(tapReport(run), /^not ok 4 - field--3$/m);
  const junit = junitReport(run);
  t.match(junit, /tests="5" failures="0" errors="1" skipped="2"/);
  t.match(junit, new RegExp(`<skipped message="${why}: no reason was recorded"`));
});

t.test('a campaign and the run that goes on with it are one when they are merged', async (t) => {
  const part = (runId: string, timed: [number, NewEvent][]) => {
    const [first, ...others] = recordedEvents(timed);
    return {
      folder: runId,
      log: { events: [{ ...first!, runId, campaign } as typeof first & {}, ...others] },
    };
  };
  const begun = part('r1', drilledEvents.slice(9));
  const later = part('r2', [
    [0, drill('field--4', [['power-cut lose=some', 'power-on:2']])],
    [5, passed('field--4')],
    [6, runEnded({ passed: 1 })],
  ]);
  const idle = part('r3', [
    [0, drill('field--5', [['bits-flipped', 'power-on:3']])],
    [0, neverBegan('field--5')],
    [1, runEnded({ skipped: 1 })],
  ]);
  const idleAgain = {
    ...idle,
    folder: 'r4',
    log: { events: idle.log.events.map((event) => ({ ...event })) },
  };
  Object.assign(idleAgain.log.events[0]!, { runId: 'r4' });
  const merged = summariseRun({
    events: mergeRuns([begun, later, idle, idleAgain], { runId: 'm', argv: [] }).events,
  });
  const cells = drillTable(merged)?.rows.find(({ faults }) => faults === 'power-cut lose=some')?.cells;
  t.match(cells, [{ drills: [{ outcome: 'passed' }] }], 'what was never begun counts no more');
  t.equal(cells?.[0]?.drills.length, 1);
  const never = drillTable(merged)?.rows[0]?.cells.find(({ moment }) => moment === 'power-on:3');
  t.equal(never?.drills.length, 1, 'what was never begun twice is there once');
  t.match(merged.campaign, { planDigest: 'abc', drills: 9 });
  t.equal(merged.campaign?.budgetMs, undefined);
});

for (const [what, text] of Object.entries(hostileTexts)) {
  t.test(`${what} as the reason of a quarantine`, async (t) => {
    const facts = { quarantine: { ...quarantine, reason: text, owner: text } };
    const run = folded([
      [0, drill('field--1', [cut], facts)],
      [1, ended('field--1', 'failed')],
      [2, runEnded({ failed: 1 })],
    ]);
    const points = tapReport(run).match(/^(not )?ok .*$/gm);
    t.equal(points?.length, 1);
    t.match(points?.[0], /^not ok 1 - field--1 # TODO in quarantine until/);
    t.equal(terminalSummary(run, { color: false }).match(/in quarantine until/g)?.length, 1);
    t.ok(create(junitReport(run)).root(), 'it is XML');
  });
}
