import t from 'tap';
import { decideStep, type EndedStep } from './decide-step.ts';
import type { StepCondition } from './script.ts';

const ended = new Map<string, EndedStep>([
  ['good', { outcome: 'succeeded', mayFail: false }],
  ['bad', { outcome: 'failed', mayFail: false }],
  ['tried', { outcome: 'failed', mayFail: true }],
  ['passed-over', { outcome: 'skipped', mayFail: false }],
]);

const cases: { waitsFor: string[]; when?: StepCondition; runs: boolean; reason?: string }[] = [
  { waitsFor: [], runs: true },
  { waitsFor: ['good', 'passed-over'], runs: true },
  { waitsFor: ['good', 'bad'], runs: false, reason: '"bad" failed' },
  { waitsFor: ['tried'], runs: true },
  { waitsFor: ['bad', 'passed-over'], when: 'always', runs: true },
  { waitsFor: ['bad'], when: { bad: ['failed'] }, runs: true },
  { waitsFor: ['tried'], when: { tried: ['failed'] }, runs: true },
  {
    waitsFor: ['tried'],
    when: { tried: ['succeeded'] },
    runs: false,
    reason: '"tried" failed; wanted: succeeded',
  },
  {
    waitsFor: ['good'],
    when: { good: ['failed', 'skipped'] },
    runs: false,
    reason: '"good" succeeded; wanted: failed or skipped',
  },
  { waitsFor: ['passed-over'], when: { 'passed-over': ['succeeded'] }, runs: false, reason: 'was skipped' },
  { waitsFor: ['good', 'bad'], when: { good: ['succeeded'] }, runs: false, reason: '"bad" failed' },
  {
    waitsFor: ['good', 'bad'],
    when: { good: ['failed'], bad: ['failed'] },
    runs: false,
    reason: '"good" succeeded',
  },
  { waitsFor: ['good', 'tried'], when: { good: ['succeeded'], tried: ['failed'] }, runs: true },
];

for (const { waitsFor, when = {}, runs, reason } of cases) {
  t.test(`after ${waitsFor.join(', ')} when ${JSON.stringify(when)}`, async (t) => {
    const decision = decideStep({ waitsFor, when }, ended);
    t.equal(decision.runs, runs);
    if (!decision.runs) t.match(decision.reason, reason ?? 'nothing');
  });
}

t.test('a step may be named as something that every object has', async (t) => {
  const own = new Map<string, EndedStep>([['constructor', { outcome: 'succeeded', mayFail: false }]]);
  t.same(decideStep({ waitsFor: ['constructor'], when: {} }, own), { runs: true });
});
