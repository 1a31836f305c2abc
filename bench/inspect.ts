import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../harness/index.ts';
import { type Benchmark, type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { benchErrors } from './errors.ts';
import { inRunner } from './in-runner.ts';
import { dropFromCache, type InspectedOnce, runHashing, runInspection } from './inspection-sides.ts';
import { measurePairs, mediansOf, type Pair, ratiosOf } from './paired-samples.ts';
import { type SeededImage, writeSeededImage } from './seeded-image.ts';
import { seededRandom } from './seeded-random.ts';
import { bootstrapMedian, median } from './statistics.ts';

const limit = 0.7;
const memoryLimitMiB = 300;
const defaultPairs = 20;
/** Of what stands beside the limit, and needs no interval. */
const mostAsides = 5;
const memoryRuns = 3;
const bootstrapSeed = 17;
const gibibyte = 1024 ** 3;
const mebibyte = 1024 ** 2;

const disk: SeededImage = { sizeBytes: 2 * gibibyte, dataBytes: gibibyte, seed: 21 };
/** The same bytes, without the holes: the stream of noise goes on from one stretch to the next. */
const packed: SeededImage = { ...disk, sizeBytes: disk.dataBytes };
/** A tebibyte whose data lies in some 130 000 places. */
const large: SeededImage = { sizeBytes: 1024 * gibibyte, dataBytes: gibibyte, seed: 22 };

/** What static inspection costs beside a mere checksum, and its memory (issue: Speed and limits). */
export const inspect: Benchmark = {
  name: 'inspect',
  summary:
    'one reading of a disk (digest, secrets, unpartitioned data) against sha256sum; its memory on 1 TiB',
  comparedTools: ['openssl'],
  run: (options) => inRunner((bench) => measureInspection(bench, options), { ...options, name: 'inspect' }),
};

async function measureInspection(bench: Bench, options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const speed = await measureSpeed(bench, options);
  return [speed, await measureMemory(bench, options)];
}

async function measureSpeed(
  bench: Bench,
  { onProgress, pairs = defaultPairs }: BenchmarkOptions,
): Promise<BenchmarkResult> {
  const { signal, workFolder } = bench;
  const [diskPath, packedPath] = [join(workFolder, 'disk.raw'), join(workFolder, 'packed.raw')];
  await writeSeededImage(diskPath, disk);
  await writeSeededImage(packedPath, packed);
  const seen: InspectedOnce[] = [];
  const inspectMs = async () => {
    seen.push(await runInspection(diskPath, disk, signal));
    return seen.at(-1)!.tookMs;
  };
  const against = (command: string, count: number, { isCold = false } = {}) =>
    measurePairs(
      count,
      {
        reference: async () => {
          if (isCold) await dropFromCache([packedPath], signal);
          return megabytesPerSecond(await runHashing(command, packedPath, signal));
        },
        measured: async () => {
          if (isCold) await dropFromCache([diskPath], signal);
          return megabytesPerSecond(await inspectMs());
        },
      },
      ({ reference, measured }, index) =>
        onProgress(
          `pair ${index + 1} of ${count}: ${command} ${reference.toFixed(0)} MB/s, inspection ${measured.toFixed(0)} MB/s`,
        ),
    );
  // The first time, both files come into the page cache.
  await inspectMs();
  await runHashing('sha256sum', packedPath, signal);
  const asides = Math.min(pairs, mostAsides);
  const cached = await against('sha256sum', pairs);
  const cold = await against('sha256sum', asides, { isCold: true });
  const quickest = await against('openssl dgst -sha256', asides);
  for (const path of [diskPath, packedPath]) await rm(path);
  assertAlike(seen);
  return speedResult(cached, cold, quickest);
}

/** The same disk has the same digest each time, or the numbers are of something else. */
function assertAlike(seen: readonly InspectedOnce[]): void {
  const digests = [...new Set(seen.map(({ digest }) => digest))];
  if (digests.length === 1) return;
  throw benchErrors.BENCH_NOT_MEASURED({
    tried: 'inspect the same disk again',
    expected: digests[0],
    got: digests.slice(1).join(', '),
  });
}

function speedResult(
  cached: readonly Pair[],
  cold: readonly Pair[],
  quickest: readonly Pair[],
): BenchmarkResult {
  const ratio = bootstrapMedian(ratiosOf(cached), seededRandom(bootstrapSeed));
  const medians = mediansOf(cached);
  return judged({
    name: 'inspect',
    value: ratio.value,
    unit: 'ratio',
    limit,
    bound: 'at least',
    comparedWith:
      'sha256sum of a file that has the same 1 GiB of data without the holes; the disk is 2 GiB large. Both files are in the page cache',
    details: {
      interval95: [ratio.low, ratio.high],
      sha256sumMegabytesPerSecond: medians.reference,
      inspectionMegabytesPerSecond: medians.measured,
      fromTheDisk: { ratio: median(ratiosOf(cold)), pairsMegabytesPerSecond: cold },
      againstOpenssl: { ratio: median(ratiosOf(quickest)), pairsMegabytesPerSecond: quickest },
      pairsMegabytesPerSecond: cached,
    },
  });
}

async function measureMemory(
  { signal, workFolder }: Bench,
  { onProgress, pairs = memoryRuns }: BenchmarkOptions,
): Promise<BenchmarkResult> {
  const path = join(workFolder, 'large.raw');
  await writeSeededImage(path, large);
  const seen: InspectedOnce[] = [];
  for (let run = 0; run < Math.min(pairs, memoryRuns); run += 1) {
    seen.push(await runInspection(path, large, signal));
    const { peakResidentBytes, tookMs } = seen.at(-1)!;
    onProgress(
      `1 TiB: ${(peakResidentBytes / mebibyte).toFixed(0)} MiB at most, ${(tookMs / 1000).toFixed(1)} s`,
    );
  }
  await rm(path);
  assertAlike(seen);
  const peaksMiB = seen.map(({ peakResidentBytes }) => peakResidentBytes / mebibyte);
  return judged({
    name: 'inspect-memory',
    value: Math.max(...peaksMiB),
    unit: 'MiB',
    limit: memoryLimitMiB,
    bound: 'at most',
    comparedWith:
      'nothing: the most resident memory (VmHWM) of a process that reads a sparse disk of 1 TiB with 1 GiB of data',
    details: {
      peaksMiB,
      medianSeconds: median(seen.map(({ tookMs }) => tookMs)) / 1000,
      readBytes: seen[0]!.readBytes,
    },
  });
}

function megabytesPerSecond(tookMs: number): number {
  return disk.dataBytes / 1_000_000 / (tookMs / 1000);
}
