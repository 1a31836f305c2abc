import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Machine } from '../harness/index.ts';
import type { Checkpoint } from '../vm/index.ts';
import { benchGuest, benchReadyText } from './bench-guest.ts';
import { type Benchmark, type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { benchErrors } from './errors.ts';
import { inRunner } from './in-runner.ts';
import { measurePairs, mediansOf, type Pair } from './paired-samples.ts';
import { seededRandom } from './seeded-random.ts';
import { bootstrapMedian } from './statistics.ts';

const speedUpLimit = 10;
const statesLimit = 400;
const defaultPairs = 20;
const statesPerPair = 10;
const forksAtATime = 2;
const bootTimeoutMs = 120_000;
const bootstrapSeed = 11;
const diskName = 'disk.raw';
const markBytes = 512;

/** How quickly a booted machine is gone on from, which is what the number of explored crash states depends on. */
export const checkpoint: Benchmark = {
  name: 'checkpoint',
  summary:
    'a machine forked from a checkpoint until its shell answers, against its cold boot; forks a minute',
  run: (options) => inRunner((bench) => measure(bench, options), { ...options, name: 'checkpoint' }),
};

async function measure(bench: Bench, options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const spec = await benchGuest('template', join(bench.workFolder, diskName));
  const machine = await bench.machine({ ...spec, checkpoints: true });
  await bootTimeMs(machine);
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText, { timeoutMs: bootTimeoutMs });
  await running.console.run('true');
  await using held = await running.checkpoint();
  const cold = await bench.machine({ ...spec, name: 'cold' });
  const count = options.pairs ?? defaultPairs;
  // The first fork reads QEMU and its files into the page cache, as the first boot did.
  await forkTimeMs(held, 'warm-up');
  const pairs = await measurePairs(
    count,
    { reference: () => bootTimeMs(cold), measured: (pair) => forkTimeMs(held, `pair-${pair}`) },
    ({ reference, measured }, index) =>
      options.onProgress(
        `pair ${index + 1} of ${count}: boot ${reference.toFixed(0)} ms, fork ${measured.toFixed(0)} ms`,
      ),
  );
  options.onProgress(`${count * statesPerPair} states, ${forksAtATime} at a time`);
  return [speedUpOf(pairs), await statesAMinute(bench, held, count * statesPerPair)];
}

/** From power on to the answer of the shell. */
async function bootTimeMs(machine: Machine): Promise<number> {
  const startMs = performance.now();
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText, { timeoutMs: bootTimeoutMs });
  await running.console.run('true');
  const tookMs = performance.now() - startMs;
  await running.cut();
  return tookMs;
}

/** From the order to the answer of the shell. */
async function forkTimeMs(held: Checkpoint, name: string): Promise<number> {
  const startMs = performance.now();
  await using fork = await held.fork({ name });
  await fork.running.console.run('true');
  return performance.now() - startMs;
}

function speedUpOf(pairs: readonly Pair[]): BenchmarkResult {
  const speedUps = pairs.map(({ reference, measured }) => reference / measured);
  const speedUp = bootstrapMedian(speedUps, seededRandom(bootstrapSeed));
  const medians = mediansOf(pairs);
  return judged({
    name: 'checkpoint-fork',
    value: speedUp.value,
    unit: 'times as quick',
    limit: speedUpLimit,
    bound: 'at least',
    comparedWith: 'the same machine from power on until its shell has answered',
    details: {
      interval95: [speedUp.low, speedUp.high],
      bootMedianMs: medians.reference,
      forkMedianMs: medians.measured,
      pairsMs: pairs,
    },
  });
}

/** Forks with a disk of their own each, which the guest reads: what an explorer of crash states does. */
async function statesAMinute(bench: Bench, held: Checkpoint, count: number): Promise<BenchmarkResult> {
  const startMs = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < count) {
      next += 1;
      await readState(bench, held, next);
    }
  };
  await Promise.all(Array.from({ length: forksAtATime }, lane));
  const tookMs = performance.now() - startMs;
  return judged({
    name: 'checkpoint-states',
    value: (count * 60_000) / tookMs,
    unit: 'a minute',
    limit: statesLimit,
    bound: 'at least',
    comparedWith: `nothing: ${count} forks, ${forksAtATime} at a time, each with a disk of its own that the guest reads`,
    details: { tookMs, states: count },
  });
}

/** @throws BENCH_NOT_MEASURED when the guest has read another state than its own. */
async function readState(bench: Bench, held: Checkpoint, state: number): Promise<void> {
  const name = `state-${state}`;
  const path = join(bench.workFolder, `${name}.raw`);
  const disk = await open(path, 'w');
  await disk.truncate((await stat(join(bench.workFolder, diskName))).size);
  await disk.write(name.padEnd(markBytes, '\n'), 0);
  await disk.close();
  const fork = await held.fork({ name, disks: { data: { path, writes: 'kept' } } });
  const { output } = await fork.running.console.run(`head -c ${markBytes} /dev/vda`);
  await fork[Symbol.asyncDispose]();
  await rm(path);
  // The evidence of hundreds of forks would fill the run's folder.
  await rm(fork.machine.folder, { recursive: true });
  if (output.trim() === name) return;
  throw benchErrors.BENCH_NOT_MEASURED({ tried: 'read the disk of a fork', expected: name, got: output });
}
