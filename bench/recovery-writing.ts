import { stat } from 'node:fs/promises';
import { type Bench, redundantSet, redundantUnit, type SerialConsole } from '../harness/index.ts';
import { type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { measurePairs, mediansOf, ratiosOf } from './paired-samples.ts';
import { seededRandom } from './seeded-random.ts';
import { bootstrapMedian, median } from './statistics.ts';

const limit = 0.8;
const defaultPairs = 20;
const bootstrapSeed = 5;
const timeoutMs = 300_000;

/** The medium starts, and does nothing by itself. */
const nothing = `name: nothing
steps:
  - { name: here, do: log, with: { text: at your service } }
`;

const rewrite = `name: rewrite
steps:
  - { name: rewrite, do: recover-system, with: { method: rewrite, force: true } }
`;

const packPath = '/medium/assay/system/system.pack';

/**
 * How quickly recovery writes the system images of the medium to a disk, in bytes per second, against `dd` with the same
 * pack in the same guest. Both write past the guest's page cache, and start with nothing of the medium in it.
 */
export async function compareWriting(bench: Bench, options: BenchmarkOptions): Promise<BenchmarkResult> {
  const set = await redundantSet(bench, { logic: nothing, mediumFiles: { 'rewrite.yaml': rewrite } });
  const unit = await redundantUnit(bench, set, 'writing');
  const { console } = await unit.powerOn();
  await unit.says('ASSAY PROMPT');
  const { size } = await stat(set.packPath);
  const wholeSeconds: number[] = [];
  const sides = {
    reference: () => byDd(console, size),
    measured: async () => {
      const { bytesPerSecond, seconds } = await byRecovery(console);
      wholeSeconds.push(seconds);
      return bytesPerSecond;
    },
  };
  const pairs = await measurePairs(options.pairs ?? defaultPairs, sides, ({ reference, measured }, index) =>
    options.onProgress(
      `writing ${index + 1}: dd ${inMegabytes(reference)}, recovery ${inMegabytes(measured)}`,
    ),
  );
  await unit.cutPower();
  const ratio = bootstrapMedian(ratiosOf(pairs), seededRandom(bootstrapSeed));
  const medians = mediansOf(pairs);
  return judged({
    name: 'recovery-writing',
    value: ratio.value,
    unit: 'ratio',
    limit,
    bound: 'at least',
    comparedWith: "busybox's dd with the same pack to the same partitions: bs=1M oflag=direct conv=fsync",
    details: {
      interval95: [ratio.low, ratio.high],
      ddBytesPerSecond: medians.reference,
      recoveryBytesPerSecond: medians.measured,
      recoveryWithReadingBackMedianSeconds: median(wholeSeconds),
      pairsBytesPerSecond: pairs,
    },
  });
}

/** Its own start is part of it, some milliseconds: busybox's dd does not say how long it took. */
async function byDd(console: SerialConsole, packBytes: number): Promise<number> {
  let writtenBytes = 0;
  let seconds = 0;
  await dropCaches(console);
  for (const partition of ['/dev/vda1', '/dev/vda2']) {
    const command = `dd if=${packPath} of=${partition} bs=1M oflag=direct conv=fsync 2>&1`;
    const { durationMs } = await console.run(command, { timeoutMs });
    writtenBytes += packBytes;
    seconds += durationMs / 1000;
  }
  return writtenBytes / seconds;
}

async function byRecovery(console: SerialConsole): Promise<{ bytesPerSecond: number; seconds: number }> {
  await dropCaches(console);
  const command = 'node /opt/assay/reduced.cjs run /medium/assay/rewrite.yaml';
  const { output } = await console.run(command, { timeoutMs });
  const facts = JSON.parse(/STEP succeeded rewrite (\{.*\})/.exec(output)![1]!);
  const { durationMs } = JSON.parse(/SCRIPT succeeded rewrite (\{.*\})/.exec(output)![1]!);
  return { bytesPerSecond: facts.bytesPerSecond, seconds: durationMs / 1000 };
}

async function dropCaches(console: SerialConsole): Promise<void> {
  await console.run('sync; echo 3 >/proc/sys/vm/drop_caches');
}

function inMegabytes(bytesPerSecond: number): string {
  return `${(bytesPerSecond / 1e6).toFixed(0)} MB/s`;
}
