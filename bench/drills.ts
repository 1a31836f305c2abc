import { join } from 'node:path';
import { copyDisks } from '../harness/appliance/kept-disks.ts';
import { parsePlannedFault } from '../harness/drills/fault-plan.ts';
import { runDrill } from '../harness/drills/run-drill.ts';
import { defaultWellWithinMs } from '../harness/drills/well-within.ts';
import { type Bench, createFactory, type DiskSet } from '../harness/index.ts';
import { runBareMachine } from './bare-machine.ts';
import { type Benchmark, type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { inRunner } from './in-runner.ts';
import { initialisedDisks, unitOnCopy } from './initialised-unit.ts';
import { measurePairs, mediansOf, type Pair, ratiosOf } from './paired-samples.ts';
import { seededRandom } from './seeded-random.ts';
import { bootstrapMedian } from './statistics.ts';

const limit = 1.1;
const defaultPairs = 20;
const bootTimeoutMs = 180_000;
const bootstrapSeed = 17;
const readyText = 'ASSAY READY ';
const hourMs = 3_600_000;

/** Cut at the ready line, and well again: a drill of two starts. */
const fault = 'power-cut at console:/ASSAY READY/';

/** What a drill takes beside the starts that it cannot do without. */
export const drills: Benchmark = {
  name: 'drills',
  summary: 'a power cut as a drill, against the two bare starts that it needs; drills an hour',
  run: (options) => inRunner((bench) => measure(bench, options), { ...options, name: 'drills' }),
};

async function measure(bench: Bench, options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const disks = await initialisedDisks(bench);
  const count = options.pairs ?? defaultPairs;
  const sides = {
    reference: (pair: number) => bareStartsMs(bench, disks, `bare-${pair}`),
    measured: (pair: number) => drillMs(bench, disks, `drill-${pair}`),
  };
  // The first of each loads programs and files into the page cache, and counts for neither.
  await sides.reference(-1);
  await sides.measured(-1);
  const pairs = await measurePairs(count, sides, ({ reference, measured }, index) =>
    options.onProgress(
      `pair ${index + 1} of ${count}: two starts ${reference.toFixed(0)} ms, drill ${measured.toFixed(0)} ms`,
    ),
  );
  return [resultOf(pairs)];
}

/** Started, killed at the ready line, started again on what lies there, killed. */
async function bareStartsMs(bench: Bench, disks: DiskSet, name: string): Promise<number> {
  const { machine } = await unitOnCopy(bench, disks, name);
  let totalMs = 0;
  for (const start of ['first', 'second']) {
    const folder = join(bench.workFolder, `${name}-${start}`);
    const wait = { folder, waitFor: readyText, timeoutMs: bootTimeoutMs, signal: bench.signal };
    totalMs += (await runBareMachine(machine.spec, wait)).tookMs;
  }
  return totalMs;
}

/** The whole drill: plan, machine, fault, proof, stop, and the machine that is well again. */
async function drillMs(bench: Bench, disks: DiskSet, name: string): Promise<number> {
  const copy = await copyDisks(disks, join(bench.workFolder, name));
  const body = async (drilled: Bench) => {
    const unit = await createFactory(drilled).unit(name, copy, { hardwareOf: 'alpha' });
    await unit.start();
  };
  const startMs = performance.now();
  // The table of drills is for scenarios that are drilled; here a benchmark drills.
  const untold = { ...bench, recovered: () => undefined };
  await runDrill({ body }, [parsePlannedFault(fault)], untold, defaultWellWithinMs);
  return performance.now() - startMs;
}

function resultOf(pairs: readonly Pair[]): BenchmarkResult {
  const ratio = bootstrapMedian(ratiosOf(pairs), seededRandom(bootstrapSeed));
  const medians = mediansOf(pairs);
  return judged(
    {
      name: 'drills',
      value: ratio.value,
      unit: 'ratio',
      limit,
      bound: 'at most',
      comparedWith:
        'the same unit started twice by a shell script and killed at its ready line; the upper end of the 95 % interval decides',
      details: {
        interval95: [ratio.low, ratio.high],
        bareMedianMs: medians.reference,
        drillMedianMs: medians.measured,
        drillsAnHour: hourMs / medians.measured,
        bareAnHour: hourMs / medians.reference,
        pairsMs: pairs,
      },
    },
    ratio.high,
  );
}
