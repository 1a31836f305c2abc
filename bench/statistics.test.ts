import t from 'tap';
import { seededRandom } from './seeded-random.ts';
import { bootstrapMedian, median, quantile } from './statistics.ts';

t.test('medians and quantiles', async (t) => {
  t.equal(median([3, 1, 2]), 2);
  t.equal(median([4, 1, 3, 2]), 2.5, 'the mean of the two in the middle');
  t.equal(median([10, 9, 100]), 10, 'numbers are not sorted as texts');
  t.equal(quantile([0, 10, 20, 30, 40], 0.95), 38);
  t.equal(quantile([5, 1], 0), 1);
  t.equal(quantile([5, 1], 1), 5);
  t.throws(() => median([]), RangeError);
});

t.test('samples are left as they are', async (t) => {
  const samples = [3, 1, 2];
  median(samples);
  bootstrapMedian(samples, seededRandom(1));
  t.same(samples, [3, 1, 2]);
});

t.test('the bootstrap interval of the median', async (t) => {
  const samples = [1.01, 1.03, 0.99, 1.02, 1, 1.04, 0.98, 1.05, 1.01, 1.02];
  const estimate = bootstrapMedian(samples, seededRandom(7));
  t.equal(estimate.value, median(samples));
  t.ok(estimate.low <= estimate.value && estimate.value <= estimate.high);
  t.same(estimate, bootstrapMedian(samples, seededRandom(7)), 'the same seed gives the same interval');
  t.same(bootstrapMedian([2, 2, 2], seededRandom(1)), { value: 2, low: 2, high: 2 }, 'no spread, no width');
});

t.test('the interval holds the true median about as often as it says', async (t) => {
  const random = seededRandom(11);
  const trials = 100;
  let held = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    // Numbers evenly spread from 0 to 1 have their median at a half.
    const { low, high } = bootstrapMedian(Array.from({ length: 20 }, random), random);
    if (low <= 0.5 && 0.5 <= high) held += 1;
  }
  // The percentile bootstrap holds between 90 and 99 of 100 at this size; the seed is fixed.
  t.ok(held >= 88 && held < trials, `${held} of ${trials}`);
});

t.test('seeded random numbers', async (t) => {
  const random = seededRandom(3);
  const numbers = Array.from({ length: 10_000 }, random);
  t.ok(numbers.every((number) => number >= 0 && number < 1));
  t.same(numbers.slice(0, 5), Array.from({ length: 5 }, seededRandom(3)));
  t.not(seededRandom(4)(), numbers[0]);
  t.ok(
    Math.abs(numbers.reduce((sum, number) => sum + number, 0) / numbers.length - 0.5) < 0.01,
    'evenly spread',
  );
});
