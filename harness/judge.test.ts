import assert from 'node:assert/strict';
import t from 'tap';
import { errorTable } from '../foundation/index.ts';
import { judge, ScenarioSkipped, unfold } from './judge.ts';

const errors = errorTable({
  TEST_PRODUCT: { blame: 'product', summary: 's', remedy: 'r' },
  TEST_USAGE: { blame: 'usage', summary: 's', remedy: 'r' },
  TEST_HARNESS: { blame: 'harness', summary: 's', remedy: 'r' },
  TEST_HOST: { blame: 'host', summary: 's', remedy: 'r' },
});

function thrownBy(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

t.test('only what says so itself is a failure of the product', async (t) => {
  t.equal(judge(errors.TEST_PRODUCT({ tried: 't' })).outcome, 'failed');
  for (const make of [errors.TEST_USAGE, errors.TEST_HARNESS, errors.TEST_HOST]) {
    t.equal(judge(make({ tried: 't' })).outcome, 'errored');
  }
  t.match(judge(new TypeError('x')), { outcome: 'errored', error: { code: 'HARNESS_SCENARIO_THREW' } });
  t.match(judge(undefined), { outcome: 'errored', error: { code: 'HARNESS_SCENARIO_THREW' } });
  t.match(judge(new Error('x', { cause: 'below' })).error, { cause: 'below' });
  t.match(judge(new ScenarioSkipped('no disk')), { outcome: 'skipped', reason: 'no disk', error: undefined });
});

t.test('an assertion is a failure, at its line, with both values', async (t) => {
  const thrown = thrownBy(() => assert.deepEqual({ a: 1 }, { a: 2 })) as Error;
  const { outcome, error } = judge(thrown);
  t.equal(outcome, 'failed');
  t.equal(error?.stack, thrown.stack);
  t.match(error?.facts, { expected: '{ a: 2 }', got: '{ a: 1 }', difference: /\n\+ +a: 1\n/ });
});

t.test('a full disk is the host, whoever met it', async (t) => {
  const thrown = Object.assign(new Error('write'), { code: 'ENOSPC' });
  t.match(judge(thrown), { outcome: 'errored', error: { code: 'FOUNDATION_DISK_FULL', blame: 'host' } });
});

t.test('what a disposal throws comes after what was under way', async (t) => {
  const product = errors.TEST_PRODUCT({ tried: 't' });
  const inner = new SuppressedError(new Error('disposal 1'), product);
  const outer = new SuppressedError(new Error('disposal 2'), inner);
  t.equal(judge(outer).outcome, 'failed');
  t.match(unfold(outer), [product, { message: 'disposal 1' }, { message: 'disposal 2' }]);
});
