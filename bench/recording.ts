import { mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, SerialConsole } from '../harness/index.ts';
import { benchGuest, benchReadyText } from './bench-guest.ts';
import { type Benchmark, type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { inRunner } from './in-runner.ts';
import { measurePairs, mediansOf, ratiosOf } from './paired-samples.ts';
import { seededRandom } from './seeded-random.ts';
import { bootstrapMedian, median } from './statistics.ts';

const limit = 0.95;
const defaultPairs = 20;
const bootstrapSeed = 11;
const writtenMegabytes = 48;
const diskBytes = 64 * 1024 ** 2;
const directPairs = 5;
const timeoutMs = 120_000;

/** What a guest loses when its writes are recorded (issue: Speed). */
export const recording: Benchmark = {
  name: 'recording',
  summary: "the guest's write throughput on a disk with a write log, against one without",
  run: (options) => inRunner((bench) => compareWriting(bench, options), { ...options, name: 'recording' }),
};

async function compareWriting(bench: Bench, options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const folder = await mkdtemp(join(bench.workFolder, 'recording-'));
  try {
    return [await compareIn(folder, bench, options)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compareIn(folder: string, bench: Bench, options: BenchmarkOptions): Promise<BenchmarkResult> {
  const [plain, logged] = [await emptyDisk(folder, 'plain'), await emptyDisk(folder, 'logged')];
  const spec = await benchGuest('recording', join(folder, 'unused.raw'));
  const machine = await bench.machine({
    ...spec,
    nics: [],
    disks: [
      { name: 'plain', path: plain, writes: 'kept' },
      { name: 'logged', path: logged, writes: 'kept', writeLog: true },
    ],
  });
  const running = await machine.powerOn();
  const { console } = running;
  await console.expect(benchReadyText);
  // The first time, both files get their blocks, and the emulator its translations.
  for (const device of ['vda', 'vdb']) await writeMegabytes(console, device);
  const sides = sidesOf(console, '');
  const pairs = await measurePairs(options.pairs ?? defaultPairs, sides, ({ reference, measured }, index) =>
    options.onProgress(
      `writing ${index + 1}: ${reference.toFixed(0)} MB/s, recorded ${measured.toFixed(0)} MB/s`,
    ),
  );
  // The worst case, for the record: one request at a time, each of which is written twice before the next one comes.
  const direct = await measurePairs(
    Math.min(directPairs, options.pairs ?? directPairs),
    sidesOf(console, 'oflag=direct'),
  );
  await running.cut();
  const ratio = bootstrapMedian(ratiosOf(pairs), seededRandom(bootstrapSeed));
  const medians = mediansOf(pairs);
  return judged({
    name: 'recording',
    value: ratio.value,
    unit: 'ratio',
    limit,
    bound: 'at least',
    comparedWith: 'the same guest and dd with another disk of the same machine, which has no log',
    details: {
      interval95: [ratio.low, ratio.high],
      plainMegabytesPerSecond: medians.reference,
      recordedMegabytesPerSecond: medians.measured,
      pairsMegabytesPerSecond: pairs,
      pastThePageCache: { ratio: median(ratiosOf(direct)), pairsMegabytesPerSecond: direct },
    },
  });
}

async function emptyDisk(folder: string, name: string): Promise<string> {
  const path = join(folder, `${name}.raw`);
  await using disk = await open(path, 'w');
  await disk.truncate(diskBytes);
  return path;
}

function sidesOf(console: SerialConsole, flags: string) {
  return {
    reference: () => writeMegabytes(console, 'vda', flags),
    measured: () => writeMegabytes(console, 'vdb', flags),
  };
}

/** As programs write: into the guest's page cache, from where its kernel makes requests, and flushed at the end. */
async function writeMegabytes(console: SerialConsole, device: string, flags = ''): Promise<number> {
  const command = `dd if=/dev/zero of=/dev/${device} bs=64k count=${writtenMegabytes * 16} ${flags} conv=fsync`;
  const { durationMs } = await console.run(command, { timeoutMs });
  return (writtenMegabytes * 1.048576) / (durationMs / 1000);
}
