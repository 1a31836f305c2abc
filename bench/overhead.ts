import { join } from 'node:path';
import type { Bench } from '../harness/index.ts';
import { runBareMachine } from './bare-machine.ts';
import { benchGuest, benchReadyText } from './bench-guest.ts';
import { type Benchmark, type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { inRunner } from './in-runner.ts';
import { measurePairs, mediansOf, type Pair, ratiosOf } from './paired-samples.ts';
import { seededRandom } from './seeded-random.ts';
import { measureStartUp } from './start-up.ts';
import { bootstrapMedian } from './statistics.ts';

const limit = 1.05;
const defaultPairs = 20;
const bootTimeoutMs = 120_000;
const bootstrapSeed = 1;

/** One start takes either of two times under software emulation, a fifth apart; a side of a pair is several starts. */
const startsPerSide = 6;

/** What Assay adds to the time of a machine that is started, waited for and cut (issue: Speed). */
export const overhead: Benchmark = {
  name: 'overhead',
  summary: 'a machine started, waited for and cut through Assay, against a bare shell script',
  run: async (options) => {
    const pairs = await inRunner((bench) => comparePairs(bench, options), { ...options, name: 'overhead' });
    options.onProgress('a run with nothing to do');
    return [resultOf(pairs, await measureStartUp())];
  },
};

async function comparePairs(bench: Bench, options: BenchmarkOptions): Promise<Pair[]> {
  const count = options.pairs ?? defaultPairs;
  const sides = {
    reference: (pair: number) => startsTimeMs((start) => bareTimeMs(bench, `bare-${pair}-${start}`)),
    measured: (pair: number) => startsTimeMs((start) => assayTimeMs(bench, `assay-${pair}-${start}`)),
  };
  // The first of each loads programs and files into the page cache, and counts for neither.
  await bareTimeMs(bench, 'bare-warm-up');
  await assayTimeMs(bench, 'assay-warm-up');
  return await measurePairs(count, sides, ({ reference, measured }, index) =>
    options.onProgress(
      `pair ${index + 1} of ${count}: bare ${reference.toFixed(0)} ms, Assay ${measured.toFixed(0)} ms`,
    ),
  );
}

/** One start after the other, together. */
async function startsTimeMs(timeOf: (start: number) => Promise<number>): Promise<number> {
  let totalMs = 0;
  for (let start = 0; start < startsPerSide; start += 1) totalMs += await timeOf(start);
  return totalMs;
}

async function bareTimeMs(bench: Bench, name: string): Promise<number> {
  const spec = await benchGuest(name, join(bench.workFolder, 'disk.raw'));
  const folder = join(bench.workFolder, name);
  const wait = { folder, waitFor: benchReadyText, timeoutMs: bootTimeoutMs, signal: bench.signal };
  return (await runBareMachine(spec, wait)).tookMs;
}

/** All that a test pays in a runner: folder, sockets, QEMU, monitor, consoles, recordings, events, and the cut. */
async function assayTimeMs(bench: Bench, name: string): Promise<number> {
  const spec = await benchGuest(name, join(bench.workFolder, 'disk.raw'));
  const startMs = performance.now();
  const machine = await bench.machine(spec);
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText, { timeoutMs: bootTimeoutMs });
  await running.cut();
  return performance.now() - startMs;
}

function resultOf(pairs: readonly Pair[], startUpMs: number): BenchmarkResult {
  const ratio = bootstrapMedian(ratiosOf(pairs), seededRandom(bootstrapSeed));
  const medians = mediansOf(pairs);
  return judged(
    {
      name: 'overhead',
      value: ratio.value,
      unit: 'ratio',
      limit,
      bound: 'at most',
      comparedWith:
        `the same machine (same QEMU, same arguments) started by a shell script that waits with tail and grep, ` +
        `${startsPerSide} starts a side; the upper end of the 95 % interval of the median ratio decides`,
      details: {
        interval95: [ratio.low, ratio.high],
        bareMedianMs: medians.reference,
        assayMedianMs: medians.measured,
        runStartUpMs: startUpMs,
        pairsMs: pairs,
      },
    },
    ratio.high,
  );
}
