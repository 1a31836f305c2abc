import type { Bench } from '../harness/index.ts';
import { type Benchmark, type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import {
  measureAgainstScript,
  measureCachedMaster,
  measureDigests,
  measurePeaks,
  withImage,
} from './clone-measurement.ts';
import { cloneMemoryResult } from './clone-memory.ts';
import { inRunner } from './in-runner.ts';
import { mediansOf, type Pair, ratiosOf } from './paired-samples.ts';
import type { SeededImage } from './seeded-image.ts';
import { seededRandom } from './seeded-random.ts';
import { bootstrapMedian, median } from './statistics.ts';

const limit = 1.25;
const defaultPairs = 20;
/** Of what stands beside the limit, and needs no interval. */
const mostAsides = 5;
const bootstrapSeed = 4;
const gibibyte = 1024 ** 3;

const dense: SeededImage = { sizeBytes: gibibyte, dataBytes: gibibyte, seed: 11 };
const sparse: SeededImage = { sizeBytes: 2 * gibibyte, dataBytes: gibibyte, seed: 12 };
const large: SeededImage = { sizeBytes: 4 * gibibyte, dataBytes: 2 * gibibyte, seed: 13 };

/** What cloning costs beside copying and comparing with programs that everybody has (issue: Speed). */
export const clone: Benchmark = {
  name: 'clone',
  summary: 'a verified clone of 1 GiB of data, against nbdcopy, fsync and cmp; its memory',
  comparedTools: ['nbdcopy'],
  run: (options) => inRunner((bench) => measureClones(bench, options), { ...options, name: 'clone' }),
};

async function measureClones(bench: Bench, options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const { onProgress, pairs = defaultPairs } = options;
  const asides = Math.min(pairs, mostAsides);
  const denseClones = await withImage(bench, dense, async (side) => ({
    ...(await measureAgainstScript(side, pairs, onProgress)),
    digests: await measureDigests(side, asides, onProgress),
    cachedMasterMs: await measureCachedMaster(side, asides, onProgress),
  }));
  const sparseClones = await withImage(bench, sparse, (side) =>
    measureAgainstScript(side, pairs, onProgress),
  );
  const largePeaks = await withImage(bench, large, (side) => measurePeaks(side, asides, onProgress));
  return [
    resultOf('clone-dense', 'an image of 1 GiB without holes', denseClones.pairs, {
      digestAddsMs: median(denseClones.digests.map(({ reference, measured }) => measured - reference)),
      digestPairsMs: denseClones.digests,
      scriptMedianMsWithMasterInCache: median(denseClones.cachedMasterMs),
    }),
    resultOf('clone-sparse', 'an image of 2 GiB that holds 1 GiB of data', sparseClones.pairs, {}),
    cloneMemoryResult(denseClones.peaksBytes, largePeaks),
  ];
}

function resultOf(
  name: string,
  imageText: string,
  pairs: readonly Pair[],
  details: Record<string, unknown>,
): BenchmarkResult {
  const ratio = bootstrapMedian(ratiosOf(pairs), seededRandom(bootstrapSeed));
  const medians = mediansOf(pairs);
  return judged({
    name,
    value: ratio.value,
    unit: 'ratio',
    limit,
    bound: 'at most',
    comparedWith:
      `a shell script with nbdcopy, fsync, both files dropped from the page cache, and cmp, on ${imageText}; ` +
      'for both sides the master is not in the page cache at the start',
    details: {
      interval95: [ratio.low, ratio.high],
      scriptMedianMs: medians.reference,
      assayMedianMs: medians.measured,
      ...details,
      pairsMs: pairs,
    },
  });
}
