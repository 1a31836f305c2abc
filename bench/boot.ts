import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../harness/index.ts';
import { type Benchmark, type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { type BootPhase, medianPhases, readBootPhases } from './boot-phases.ts';
import { inRunner } from './in-runner.ts';
import { initialisedDisks, unitOnCopy } from './initialised-unit.ts';
import { oneLineInitText, withOneLineInit } from './one-line-init.ts';
import { measurePairs, mediansOf, type Pair, ratiosOf } from './paired-samples.ts';
import { seededRandom } from './seeded-random.ts';
import { bootstrapMedian } from './statistics.ts';

const limit = 2.6;
const defaultPairs = 10;
const bootTimeoutMs = 120_000;
const bootstrapSeed = 3;

/** How long the reference appliance takes until it serves, against its kernel alone (issue: Speed). */
export const boot: Benchmark = {
  name: 'boot',
  summary:
    'power-on to ready of the reference appliance, against the same kernel and disk with a one-line init',
  run: (options) => inRunner((bench) => compareBoots(bench, options), { ...options, name: 'boot' }),
};

async function compareBoots(bench: Bench, options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const disks = await initialisedDisks(bench);
  const oneLineDisks = await withOneLineInit(disks, join(bench.workFolder, 'one-line-init'));
  const phases: BootPhase[][] = [];
  const count = options.pairs ?? defaultPairs;
  const sides = {
    reference: async (pair: number) => {
      await using unit = await disposableUnit(bench, oneLineDisks, `one-line-${pair}`);
      const startMs = performance.now();
      const running = await unit.powerOn();
      await running.console.expect(oneLineInitText, { timeoutMs: bootTimeoutMs });
      return performance.now() - startMs;
    },
    measured: async (pair: number) => {
      const measured = await measureBoot(bench, disks, `appliance-${pair}`);
      phases.push(measured.phases);
      return measured.tookMs;
    },
  };
  const pairs = await measurePairs(count, sides, ({ reference, measured }, index) =>
    options.onProgress(
      `boot ${index + 1} of ${count}: one line ${reference.toFixed(0)} ms, appliance ${measured.toFixed(0)} ms`,
    ),
  );
  return [resultOf(pairs, medianPhases(phases))];
}

/** One boot of an initialised appliance, from power-on until its page and its data base have answered over TCP. */
export async function measureBoot(bench: Bench, disks: Parameters<typeof unitOnCopy>[1], name: string) {
  await using unit = await disposableUnit(bench, disks, name);
  const startMs = performance.now();
  const running = await unit.powerOn();
  await unit.ready();
  const tookMs = performance.now() - startMs;
  const phases = await readBootPhases(running, { startMs, tookMs, machineFolder: unit.machineFolder });
  return { tookMs, phases };
}

/** The disks of twenty boots would fill a small host. */
async function disposableUnit(bench: Bench, disks: Parameters<typeof unitOnCopy>[1], name: string) {
  const unit = await unitOnCopy(bench, disks, name);
  return {
    powerOn: () => unit.powerOn(),
    ready: () => unit.ready(),
    machineFolder: unit.machine.folder,
    async [Symbol.asyncDispose]() {
      await unit.running.cut();
      await rm(unit.disks.folder, { recursive: true, force: true });
    },
  };
}

function resultOf(pairs: readonly Pair[], phases: readonly BootPhase[]): BenchmarkResult {
  const ratio = bootstrapMedian(ratiosOf(pairs), seededRandom(bootstrapSeed));
  const medians = mediansOf(pairs);
  return judged({
    name: 'boot',
    value: ratio.value,
    unit: 'ratio',
    limit,
    bound: 'at most',
    comparedWith:
      'the same disk, boot loader, kernel and initial RAM file system with rdinit= and an echo, on the same machine',
    details: {
      interval95: [ratio.low, ratio.high],
      oneLineInitMedianMs: medians.reference,
      applianceMedianMs: medians.measured,
      phases,
      pairsMs: pairs,
    },
  });
}
