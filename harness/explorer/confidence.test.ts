import t from 'tap';
import { describeBound, failureBound } from './confidence.ts';

t.test('the exact bound', async (t) => {
  const near = (actual: number, expected: number) =>
    t.ok(Math.abs(actual - expected) < 5e-5, `${actual} is ${expected}`);
  near(failureBound(0, 400).below, 0.00746);
  near(failureBound(0, 100).below, 0.02951);
  // R: binom.test(k, n, alternative = "less")$conf.int, and by 1 - qbeta.
  near(failureBound(1, 10).below, 0.39416);
  near(failureBound(5, 100).below, 0.10225);
  near(failureBound(9, 10).below, 0.99488);
  t.equal(failureBound(10, 10).below, 1);
  t.equal(failureBound(0, 0).below, 1, 'nothing is known without draws');
  t.ok(failureBound(3, 100_000).below < 0.0001, 'also of many');
});

t.test('in words it never says more than is known', async (t) => {
  t.equal(describeBound(failureBound(0, 400)), '0 of 400: below 0.75 % at 95 %');
  t.equal(describeBound(failureBound(0, 300)), '0 of 300: below 1 % at 95 %');
});
