import { type BenchmarkResult, judged } from './benchmark.ts';
import { median } from './statistics.ts';

const mebibyte = 1024 ** 2;

/** One run of Node differs from the next by a few; a copy of the hundredth part of what is added would be 30. */
const limitMiB = 8;

/**
 * Whether the memory of cloning depends on the image's size: how much more a process had at most that cloned the large
 * image than one that cloned the small image. Medians, for Node's own share differs from run to run.
 */
export function cloneMemoryResult(
  smallPeaksBytes: readonly number[],
  largePeaksBytes: readonly number[],
): BenchmarkResult {
  const small = median(smallPeaksBytes) / mebibyte;
  const large = median(largePeaksBytes) / mebibyte;
  return judged({
    name: 'clone-memory',
    value: Math.max(0, large - small),
    unit: 'MiB',
    limit: limitMiB,
    bound: 'at most',
    comparedWith:
      'the most resident memory of a process that clones 1 GiB; the value is what one that clones 4 GiB ' +
      '(2 GiB of data) has more',
    details: {
      peakMiBWith1GiB: small,
      peakMiBWith4GiB: large,
      largestPeakMiBWith1GiB: Math.max(...smallPeaksBytes) / mebibyte,
      largestPeakMiBWith4GiB: Math.max(...largePeaksBytes) / mebibyte,
    },
  });
}
