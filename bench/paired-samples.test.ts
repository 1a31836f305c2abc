import t from 'tap';
import { measurePairs, mediansOf, ratiosOf } from './paired-samples.ts';

t.test('sides take turns, and who goes first alternates', async (t) => {
  const order: string[] = [];
  const side = (name: string, value: number) => async (pair: number) => {
    order.push(`${name} ${pair}`);
    return value + pair;
  };
  const seen: number[] = [];
  const pairs = await measurePairs(
    3,
    { reference: side('reference', 10), measured: side('measured', 20) },
    (_pair, index) => seen.push(index),
  );
  t.same(order, ['reference 0', 'measured 0', 'measured 1', 'reference 1', 'reference 2', 'measured 2']);
  t.same(
    pairs,
    [
      { reference: 10, measured: 20 },
      { reference: 11, measured: 21 },
      { reference: 12, measured: 22 },
    ],
    'each number stands on its own side, whoever went first',
  );
  t.same(seen, [0, 1, 2]);
});

t.test('one side at a time', async (t) => {
  let running = 0;
  const side = async () => {
    running += 1;
    t.equal(running, 1);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return 1;
  };
  await measurePairs(4, { reference: side, measured: side });
});

t.test('ratios are of each pair', async (t) => {
  const pairs = [
    { reference: 2, measured: 3 },
    { reference: 10, measured: 5 },
    { reference: 4, measured: 4 },
  ];
  t.same(ratiosOf(pairs), [1.5, 0.5, 1]);
  t.same(mediansOf(pairs), { reference: 4, measured: 4 });
});
