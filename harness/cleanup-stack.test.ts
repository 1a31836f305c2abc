import t from 'tap';
import { CleanupStack } from './cleanup-stack.ts';

t.test('clean-ups run last registered first, each whatever the others do', async (t) => {
  const order: string[] = [];
  const stack = new CleanupStack(5_000);
  stack.add('first', () => order.push('first'));
  stack.add('throws', () => {
    order.push('throws');
    throw new Error('at once');
  });
  stack.add('rejects', async () => {
    order.push('rejects');
    stack.add('late', () => order.push('late'));
    throw new Error('later');
  });
  const errors = await stack.run();
  t.same(order, ['rejects', 'late', 'throws', 'first']);
  t.match(
    errors.map(({ facts }) => facts),
    [
      { tried: 'rejects', got: 'later' },
      { tried: 'throws', got: 'at once' },
    ],
  );
  t.same(await stack.run(), [], 'nothing is run twice');
});

t.test('one that hangs is given up, and the others run', async (t) => {
  let ran = false;
  const stack = new CleanupStack(20);
  stack.add('runs', () => {
    ran = true;
  });
  stack.add('hangs', () => new Promise(() => {}));
  const errors = await stack.run();
  t.equal(ran, true);
  t.match(errors, [{ code: 'HARNESS_CLEANUP_FAILED', cause: { code: 'FOUNDATION_DEADLINE_EXCEEDED' } }]);
});
