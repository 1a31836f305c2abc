import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCachePath, runTool } from '../foundation/index.ts';
import type { Bench } from '../harness/index.ts';
import { buildImage } from '../images/index.ts';
import { linkPackages, timeAssayBuild } from './assay-build.ts';
import { type Bootstrap, removeBootstrap, timeBootstrap, warmBootstrap } from './bare-bootstrap.ts';
import { type Benchmark, type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { benchErrors } from './errors.ts';
import { inRunner } from './in-runner.ts';
import { measurePairs, mediansOf, type Pair } from './paired-samples.ts';
import { seededRandom } from './seeded-random.ts';
import { bootstrapMedian } from './statistics.ts';

const limit = 3;
const defaultPairs = 7;
const bootstrapSeed = 5;

/** The largest system that comes with Assay: kernel, initial RAM file system, and a root with Node and the core. */
const recipe = 'primary';

/** How long an operating system is in the making, against the quickest maker of Debian's own (issue: Speed). */
export const imageBuild: Benchmark = {
  name: 'image-build',
  summary: `the system ${recipe} from packages, against mmdebstrap's essential one with the same kernel`,
  comparedTools: ['mmdebstrap'],
  run: (options) => inRunner((bench) => compareBuilds(bench, options), { ...options, name: 'image-build' }),
};

async function compareBuilds(bench: Bench, options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const { onProgress, pairs: count = defaultPairs } = options;
  const { bootstrap, warmCachePath } = await warmBoth(bench, onProgress);
  const sides = {
    reference: async () => {
      await runTool('sync', [], { signal: bench.signal });
      const tookMs = await timeBootstrap(bootstrap);
      await removeBootstrap(bootstrap);
      return tookMs;
    },
    measured: async (pair: number) => {
      const folder = join(bench.workFolder, `build-${pair}`);
      await linkPackages(warmCachePath, join(folder, 'assay'));
      await runTool('sync', [], { signal: bench.signal });
      const tookMs = await timeAssayBuild(folder, recipe, bench.signal);
      await rm(folder, { recursive: true });
      return tookMs;
    },
  };
  const pairs = await measurePairs(count, sides, ({ reference, measured }, index) =>
    onProgress(
      `pair ${index + 1} of ${count}: mmdebstrap ${reference.toFixed(0)} ms, Assay ${measured.toFixed(0)} ms`,
    ),
  );
  return [resultOf(pairs, bootstrap)];
}

/** Downloads what both sides need, in one build of each that does not count. */
async function warmBoth(bench: Bench, onProgress: BenchmarkOptions['onProgress']) {
  const { packages, kernelPath } = await buildImage(recipe, { onProgress });
  const warmFolder = join(bench.workFolder, 'warm');
  const warmCachePath = join(warmFolder, 'assay');
  await linkPackages(defaultCachePath(), warmCachePath);
  onProgress('a build that does not count');
  await timeAssayBuild(warmFolder, recipe, bench.signal);
  const folder = join(bench.workFolder, 'mmdebstrap');
  await mkdir(folder);
  const kernelPackage = packages.find((name) => name.startsWith('linux-image-'))!;
  const bootstrap: Bootstrap = { folder, kernelPackage, signal: bench.signal };
  onProgress(`mmdebstrap downloads packages, with ${kernelPackage}`);
  const kernel = await warmBootstrap(bootstrap);
  if (kernel.equals(await readFile(kernelPath))) return { bootstrap, warmCachePath };
  throw benchErrors.BENCH_NOT_MEASURED({
    tried: `have the same kernel on both sides, ${kernelPackage}`,
    where: folder,
    expected: kernelPath,
    got: 'another one from mmdebstrap',
    remedy:
      'the archive has a newer version than the cache; run `./assay build --update-lock`, or take the newer away',
  });
}

function resultOf(pairs: readonly Pair[], { kernelPackage }: Bootstrap): BenchmarkResult {
  const speedUps = pairs.map(({ reference, measured }) => reference / measured);
  const speedUp = bootstrapMedian(speedUps, seededRandom(bootstrapSeed));
  const medians = mediansOf(pairs);
  return judged({
    name: 'image-build',
    value: speedUp.value,
    unit: 'ratio',
    limit,
    bound: 'at least',
    comparedWith:
      `mmdebstrap --variant=essential --include=${kernelPackage} into a folder, index and packages already there; ` +
      `Assay builds ${recipe} with its packages already there, and nothing else`,
    details: {
      interval95: [speedUp.low, speedUp.high],
      mmdebstrapMedianMs: medians.reference,
      assayMedianMs: medians.measured,
      pairsMs: pairs,
    },
  });
}
