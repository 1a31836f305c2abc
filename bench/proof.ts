import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../foundation/index.ts';
import type { Bench } from '../harness/index.ts';
import { noProfile } from '../harness/validation/profile/disk-profile.ts';
import {
  cloneHardware,
  cloneMachineSpec,
  type ProofProfile,
} from '../harness/validation/proof/clone-hardware.ts';
import { startUntilReady } from '../harness/validation/proof/start-appliance.ts';
import { runBareMachine } from './bare-machine.ts';
import { type Benchmark, type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { inRunner } from './in-runner.ts';
import { measurePairs, mediansOf, type Pair, ratiosOf } from './paired-samples.ts';
import { seededRandom } from './seeded-random.ts';
import { bootstrapMedian } from './statistics.ts';

const limit = 1.05;
const defaultPairs = 20;
const bootstrapSeed = 23;
const readyTimeoutMs = 900_000;
const examplePath = join(import.meta.dirname, '..', 'examples/debian-bios/build');

/** The line above the login prompt; the prompt itself ends no line, which grep waits for. */
const bareReadyText = ' ttyS0\r';
const profile: ProofProfile = { ...noProfile, ready: [{ console: / ttyS0\r?$/m }] };

/** What Assay adds to the start of a clone of a Debian, which takes what it takes (issue: Speed and limits). */
export const proof: Benchmark = {
  name: 'proof',
  summary: 'a clone of a Debian started until it is ready, against a bare shell script; builds the example',
  run: async (options) => {
    const pairs = await inRunner((bench) => comparePairs(bench, options), { ...options, name: 'proof' });
    return [resultOf(pairs)];
  },
};

async function comparePairs(bench: Bench, options: BenchmarkOptions): Promise<Pair[]> {
  const count = options.pairs ?? defaultPairs;
  options.onProgress('building examples/debian-bios');
  await runTool(examplePath, ['--good', '--out', bench.workFolder], {
    env: { EXAMPLE_ROOT_PASSWORD: 'golden' },
    signal: bench.signal,
  });
  const master = join(bench.workFolder, 'debian-bios-good.img');
  const sides = {
    reference: (pair: number) => bareTimeMs(bench, master, `bare-${pair}`),
    measured: (pair: number) => assayTimeMs(bench, master, `assay-${pair}`),
  };
  return await measurePairs(count, sides, ({ reference, measured }, index) =>
    options.onProgress(
      `pair ${index + 1} of ${count}: bare ${(reference / 1000).toFixed(1)} s, Assay ${(measured / 1000).toFixed(1)} s`,
    ),
  );
}

/** A clone of its own for each start: the first boot is what is measured. */
async function freshClone(bench: Bench, master: string, name: string): Promise<string> {
  const path = join(bench.workFolder, `${name}.raw`);
  await runTool('cp', ['--sparse=always', master, path], { signal: bench.signal });
  return path;
}

async function bareTimeMs(bench: Bench, master: string, name: string): Promise<number> {
  const path = await freshClone(bench, master, name);
  const { tookMs } = await runBareMachine(specOf(path, name), {
    ...{ folder: join(bench.workFolder, name), waitFor: bareReadyText },
    ...{ timeoutMs: readyTimeoutMs, signal: bench.signal },
  });
  await rm(path);
  return tookMs;
}

/** All that the proof does for one boot: the machine, its consoles and recordings, the signs of ready, the cut. */
async function assayTimeMs(bench: Bench, master: string, name: string): Promise<number> {
  const path = await freshClone(bench, master, name);
  const startMs = performance.now();
  const machine = await bench.machine(specOf(path, name));
  const { running } = await startUntilReady(machine, profile, bench, { isFirst: true });
  await running.cut();
  const tookMs = performance.now() - startMs;
  await rm(path);
  return tookMs;
}

function specOf(path: string, name: string) {
  const disks = [{ name: 'system', path, writes: 'kept' as const }];
  return cloneMachineSpec(profile, { name, disks, hardware: cloneHardware('bench', 1) });
}

function resultOf(pairs: readonly Pair[]): BenchmarkResult {
  const ratio = bootstrapMedian(ratiosOf(pairs), seededRandom(bootstrapSeed));
  const medians = mediansOf(pairs);
  return judged(
    {
      ...{ name: 'proof', value: ratio.value, unit: 'ratio', limit, bound: 'at most' },
      comparedWith:
        'the same machine (same QEMU, same arguments, a fresh copy of the same disk) started by a shell script that waits with tail and grep; ' +
        'the upper end of the 95 % interval of the median ratio decides',
      details: {
        interval95: [ratio.low, ratio.high],
        bareMedianMs: medians.reference,
        assayMedianMs: medians.measured,
        pairsMs: pairs,
      },
    },
    ratio.high,
  );
}
