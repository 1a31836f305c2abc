/** A number that was estimated from samples, with the interval in which the true one lies with 95 % confidence. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

const resampleCount = 10_000;
const confidence = 0.95;

/** The middle of the samples, or the mean of the two in the middle. @throws RangeError without samples. */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/**
 * The value below which `fraction` of the samples lie, interpolated between neighbours (Hyndman and Fan, type 7).
 *
 * @throws RangeError without samples.
 */
export function quantile(samples: readonly number[], fraction: number): number {
  if (samples.length === 0) throw new RangeError('a quantile of no samples');
  return quantileOfSorted([...samples].sort(ascending), fraction);
}

/**
 * The median with its 95 % interval by the percentile bootstrap (Efron and Tibshirani, chapter 13): no assumption on
 * the distribution, which for times on a shared host is never a normal one.
 *
 * @param random Numbers from 0 up to 1; seeded, so that the same samples give the same interval.
 */
export function bootstrapMedian(samples: readonly number[], random: () => number): Estimate {
  const medians = Array.from({ length: resampleCount }, () => {
    const resample = samples.map(() => samples[Math.floor(random() * samples.length)]!);
    return quantileOfSorted(resample.sort(ascending), 0.5);
  }).sort(ascending);
  const tail = (1 - confidence) / 2;
  return {
    value: median(samples),
    low: quantileOfSorted(medians, tail),
    high: quantileOfSorted(medians, 1 - tail),
  };
}

function quantileOfSorted(sorted: readonly number[], fraction: number): number {
  const place = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}

function ascending(a: number, b: number): number {
  return a - b;
}
