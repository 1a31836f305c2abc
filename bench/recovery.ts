import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, type RedundantSet, redundantSet, redundantUnit } from '../harness/index.ts';
import { type Benchmark, type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { inRunner } from './in-runner.ts';
import { measurePairs, ratiosOf } from './paired-samples.ts';
import { compareWriting } from './recovery-writing.ts';
import { seededRandom } from './seeded-random.ts';
import { bootstrapMedian, median } from './statistics.ts';

const fallbackLimit = 2;
const defaultPairs = 10;
const mostRecoveries = 5;
const bootstrapSeed = 4;

/** How long a machine takes that boots to a known state, when something is broken and when not (issue: recovery). */
export const recovery: Benchmark = {
  name: 'recovery',
  summary:
    'fallback to partition 2 against a normal boot; recovery from the medium against dd in the same guest',
  run: (options) => inRunner((bench) => measure(bench, options), { ...options, name: 'recovery' }),
};

async function measure(bench: Bench, options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const writing = await compareWriting(bench, options);
  return [await compareFallback(bench, options), writing];
}

/** What is broken before the machine is switched on, and the partition that has to come up then. */
interface Case {
  broken: readonly string[];
  runs: string;
}

const normal: Case = { broken: [], runs: 'system-1' };
const fallback: Case = { broken: ['system-1'], runs: 'system-2' };
const lost: Case = { broken: ['system-1', 'system-2'], runs: 'system-1' };

async function compareFallback(bench: Bench, options: BenchmarkOptions): Promise<BenchmarkResult> {
  const chain = await redundantSet(bench);
  const kexec = await redundantSet(bench, { logic: { by: 'kexec' } });
  const count = options.pairs ?? defaultPairs;
  const sides = {
    reference: (pair: number) => bootMs(bench, chain, `normal-${pair}`, normal),
    measured: (pair: number) => bootMs(bench, chain, `fallback-${pair}`, fallback),
  };
  const pairs = await measurePairs(count, sides, ({ reference, measured }, index) =>
    options.onProgress(`${index + 1} of ${count}: normal ${inMs(reference)}, fallback ${inMs(measured)}`),
  );
  const byKexecMs: number[] = [];
  for (let index = 0; index < count; index += 1) {
    byKexecMs.push(await bootMs(bench, kexec, `kexec-${index}`, normal));
    options.onProgress(`${index + 1} of ${count}: normal by kexec ${inMs(byKexecMs[index]!)}`);
  }
  const recoveries = Math.min(count, mostRecoveries);
  const recoveredMs: number[] = [];
  for (let index = 0; index < recoveries; index += 1) {
    recoveredMs.push(await bootMs(bench, chain, `lost-${index}`, lost));
    options.onProgress(`${index + 1} of ${recoveries}: both recovered ${inMs(recoveredMs[index]!)}`);
  }
  const ratio = bootstrapMedian(ratiosOf(pairs), seededRandom(bootstrapSeed));
  return judged({
    name: 'recovery-fallback',
    value: ratio.value,
    unit: 'ratio',
    limit: fallbackLimit,
    bound: 'at most',
    comparedWith: 'the same machine with nothing broken: from power-on to the ready line of partition 1',
    details: {
      interval95: [ratio.low, ratio.high],
      ...spread(
        'normal',
        pairs.map(({ reference }) => reference),
      ),
      ...spread(
        'fallback',
        pairs.map(({ measured }) => measured),
      ),
      ...spread('normalByKexec', byKexecMs),
      ...spread('bothPartitionsRecovered', recoveredMs),
      pairsMs: pairs,
    },
  });
}

/** From power-on to the ready line, on fresh copies of a set's disks. */
async function bootMs(
  bench: Bench,
  set: RedundantSet,
  name: string,
  { broken, runs }: Case,
): Promise<number> {
  const unit = await redundantUnit(bench, set, name);
  for (const partition of broken) await unit.damagePartition(partition, '/vmlinuz');
  const startMs = performance.now();
  const { system } = await unit.start();
  const tookMs = performance.now() - startMs;
  bench.check(`${name} runs`, system, runs);
  await unit.cutPower();
  await rm(join(bench.workFolder, name), { recursive: true, force: true });
  return tookMs;
}

function spread(name: string, samplesMs: readonly number[]): Record<string, number | number[]> {
  return {
    [`${name}MedianMs`]: median(samplesMs),
    [`${name}RangeMs`]: [Math.min(...samplesMs), Math.max(...samplesMs)],
  };
}

function inMs(durationMs: number): string {
  return `${durationMs.toFixed(0)} ms`;
}
