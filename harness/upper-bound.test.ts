import t from 'tap';
import { upperBound } from './upper-bound.ts';

const isNear = (found: number, wanted: number) => Math.abs(found - wanted) < 1e-9;

t.test('none found', async (t) => {
  for (const runs of [1, 30, 100, 1000])
    t.ok(isNear(upperBound(0, runs), 1 - 0.05 ** (1 / runs)), `of ${runs}`);
  t.ok(upperBound(0, 100) < 0.03, 'none of 100 is below 3 %');
});

t.test('some found', async (t) => {
  // 1 of 100: the table of Clopper and Pearson says 4.656 %.
  t.equal(upperBound(1, 100).toFixed(5), '0.04656');
  t.equal(upperBound(5, 5), 1);
  t.ok(upperBound(3, 1000) > 0.003);
});
