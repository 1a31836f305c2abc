import t from 'tap';
import type { Run, ScenarioRun } from '../../reports/index.ts';
import { outcomeAgain, outcomeAgainSentence } from './outcome-again.ts';

function attempt(outcome: ScenarioRun['outcome'], code?: string, more: object = {}): ScenarioRun {
  const error = code === undefined ? {} : { error: { code } };
  return { scenarioId: 'a', name: 'a', outcome, ...error, ...more } as ScenarioRun;
}

function runOf(...scenarios: ScenarioRun[]): Run {
  return { scenarios } as unknown as Run;
}

t.test('the same is the same outcome and the same code', async (t) => {
  const before = attempt('failed', 'A');
  const cases: [again: ScenarioRun[], reproduced: boolean, says: string][] = [
    [[attempt('failed', 'A')], true, 'a: reproduced: failed, A'],
    [[attempt('failed', 'B')], false, 'a: not reproduced: then failed, A, now failed, B'],
    [[attempt('errored', 'A')], false, 'a: not reproduced: then failed, A, now errored, A'],
    [[attempt('passed')], false, 'a: not reproduced: then failed, A, now passed'],
    [[attempt('failed', 'A'), attempt('failed', 'A')], true, 'a: reproduced: failed, A, 2 times'],
    [
      [attempt('passed'), attempt('failed', 'A'), attempt('passed'), attempt('failed', 'B')],
      true,
      'a: reproduced in 1 of 4: failed, A; else passed; failed, B',
    ],
    [[], false, 'a: not run again'],
    [[attempt('skipped', undefined, { neverStarted: true })], false, 'a: not run again'],
    [[attempt('failed', 'A', { name: 'another' })], false, 'a: not run again'],
  ];
  for (const [again, reproduced, says] of cases) {
    const outcome = outcomeAgain(before, runOf(...again), 'a');
    t.equal(outcome.reproduced, reproduced, says);
    t.equal(outcomeAgainSentence(outcome), says);
  }
  t.ok(outcomeAgain(attempt('passed'), runOf(attempt('passed')), 'a').reproduced);
});
