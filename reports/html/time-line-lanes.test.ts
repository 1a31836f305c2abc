import t from 'tap';
import type { NewEvent } from '../events.ts';
import { folded, passed, started } from '../test-data/folded.ts';
import { seekTo } from './console-moment.ts';
import { pageScenarios } from './page-scenario.ts';
import { type ConsoleMaterial, noMaterial } from './report-material.ts';
import { timeLineOf } from './time-line-lanes.ts';

const step = (stepId: string, machine: string | undefined, parentId?: string): NewEvent => ({
  ...{ kind: 'step-started', scenarioId: 'one', stepId, sentence: stepId },
  ...(machine === undefined ? {} : { machine }),
  ...(parentId === undefined ? {} : { parentId }),
});
const ended = (stepId: string): NewEvent => ({
  kind: 'step-ended',
  scenarioId: 'one',
  stepId,
  outcome: 'passed',
});
const ofAlpha = { scenarioId: 'one', machine: 'alpha' };

const run = folded([
  [0, started('one')],
  [10, step('all', undefined)],
  [20, { kind: 'machine-started', ...ofAlpha, hardware: 'q35', qemuPid: 1 }],
  [20, { kind: 'power', ...ofAlpha, action: 'on' }],
  [30, step('boots', 'alpha', 'all')],
  [40, step('stage one', undefined, 'boots')],
  [50, { kind: 'console', ...ofAlpha, marker: 'panic', text: 'it died' }],
  [60, ended('stage one')],
  [60, ended('boots')],
  [70, ended('all')],
  [80, passed('one')],
  [90, { kind: 'machine-ended', ...ofAlpha, how: 'died' }],
]);

const console: ConsoleMaterial = {
  ...{ machine: 'alpha', port: 'console', startedAtMs: 20, durationMs: 60, recording: 'QQ==', files: [] },
};
const events = [
  { kind: 'qmp' as const, atMs: 45, ...ofAlpha, name: 'RESET' },
  { kind: 'console' as const, atMs: 50, ...ofAlpha, marker: 'panic' as const, text: 'it died' },
];
const material = new Map([['one', { ...noMaterial, events, consoles: [console] }]]);
const [page] = pageScenarios(run, material);
const line = timeLineOf(page!);

t.test('each machine has a lane, and the scenario one of its own', async (t) => {
  t.match(line.lanes, [
    { machine: '', stages: [{ sentence: 'all', depth: 0 }] },
    {
      machine: 'alpha',
      stages: [
        { sentence: 'boots', depth: 0 },
        { sentence: 'stage one', depth: 1 },
      ],
      powered: [{ fromMs: 20, untilMs: 90, how: 'died' }],
    },
  ]);
  t.match(line, { fromMs: 0, untilMs: 90 }, 'teardown is on the clock, too');
});

t.test('events are in order, each once, and alarms stand out', async (t) => {
  t.strictSame(
    line.marks.map(({ atMs, kind, what, isAlarm }) => [atMs, kind, what, isAlarm]),
    [
      [20, 'power', 'power on', false],
      [45, 'qmp', 'RESET', false],
      [50, 'console', 'panic: it died', true],
      [90, 'power', 'off: died', true],
    ],
  );
});

t.test('an event leads to the moment of its console', async (t) => {
  const consoles = page!.consoles;
  t.strictSame(seekTo(consoles, 25, 'alpha'), { consoleId: 'console-1', seconds: 0.055 });
  t.strictSame(
    seekTo(consoles, 500, 'alpha'),
    { consoleId: 'console-1', seconds: 0.06 },
    'not beyond the end',
  );
  t.strictSame(seekTo(consoles, 5, 'alpha')?.seconds, 0.035, 'what came before shows the beginning');
  t.equal(seekTo(consoles, 25, 'bravo'), undefined, 'never to the console of another machine');
  t.ok(seekTo(consoles, 25), 'what belongs to no machine leads to one that was on');
  t.equal(seekTo(consoles, 5), undefined);
  t.equal(
    seekTo([{ ...consoles[0]!, recording: '' }], 25, 'alpha'),
    undefined,
    'nor where nothing was recorded',
  );
});
