import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatSize } from '../foundation/index.ts';
import type { Bench } from '../harness/index.ts';
import { runBareMachine } from './bare-machine.ts';
import { benchGuest } from './bench-guest.ts';
import { type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { benchErrors } from './errors.ts';
import { measurePairs, mediansOf, type Pair, ratiosOf } from './paired-samples.ts';
import { seededRandom } from './seeded-random.ts';
import { bootstrapMedian } from './statistics.ts';

const limit = 0.9;
const defaultPairs = 3;
const floodTimeoutMs = 3_600_000;
const bootstrapSeed = 2;

const beginsPattern = /FLOOD BEGINS ([\d.]+)\r?\n/;
const endsPattern = /FLOOD ENDS ([\d.]+)\r?\n/;

/**
 * How fast a guest gets rid of what it prints when Assay reads, against a log file that QEMU writes by itself. The
 * guest prints as its only program and takes the time by its own clock, the same on both sides; how long Assay has seen
 * the flood by the host's clock stands beside it, for a reader that lags behind would show there.
 */
export async function measureFlood(bench: Bench, options: BenchmarkOptions): Promise<BenchmarkResult> {
  const { floodBytes, onProgress } = options;
  const count = options.pairs ?? defaultPairs;
  const hostSeconds: number[] = [];
  const sides = {
    reference: (pair: number) => bareBytesPerSecond(bench, `bare-flood-${pair}`, floodBytes),
    measured: async (pair: number) => {
      const taken = await assayBytesPerSecond(bench, `assay-flood-${pair}`, floodBytes);
      hostSeconds.push(taken.hostSeconds);
      return taken.bytesPerSecond;
    },
  };
  const pairs = await measurePairs(count, sides, ({ reference, measured }, index) =>
    onProgress(
      `flood ${index + 1} of ${count}: bare ${formatSize(reference)}/s, Assay ${formatSize(measured)}/s`,
    ),
  );
  return resultOf(pairs, floodBytes, hostSeconds);
}

function resultOf(pairs: readonly Pair[], floodBytes: number, hostSeconds: number[]): BenchmarkResult {
  const ratio = bootstrapMedian(ratiosOf(pairs), seededRandom(bootstrapSeed));
  const medians = mediansOf(pairs);
  return judged({
    name: 'console-flood',
    value: ratio.value,
    unit: 'ratio',
    limit,
    bound: 'at least',
    comparedWith: `the throughput of the same guest on a bare logfile= chardev, ${formatSize(floodBytes)} each`,
    details: {
      interval95: [ratio.low, ratio.high],
      bareMedianBytesPerSecond: medians.reference,
      assayMedianBytesPerSecond: medians.measured,
      assaySecondsByHost: hostSeconds,
      assaySecondsByGuest: pairs.map(({ measured }) => floodBytes / measured),
      pairsBytesPerSecond: pairs,
    },
  });
}

async function bareBytesPerSecond(bench: Bench, name: string, floodBytes: number): Promise<number> {
  const folder = join(bench.workFolder, name);
  const spec = await floodingGuest(bench, name, floodBytes);
  const wait = { folder, waitFor: 'FLOOD END', timeoutMs: floodTimeoutMs, signal: bench.signal };
  const { consoleLogPath } = await runBareMachine(spec, wait);
  const log = await readFile(consoleLogPath, 'latin1');
  return floodBytes / guestSeconds(log, consoleLogPath);
}

async function assayBytesPerSecond(bench: Bench, name: string, floodBytes: number) {
  const machine = await bench.machine(await floodingGuest(bench, name, floodBytes));
  const running = await machine.powerOn();
  const begins = await running.console.expect(beginsPattern, { timeoutMs: floodTimeoutMs });
  const startMs = performance.now();
  const ends = await running.console.expect(endsPattern, { timeoutMs: floodTimeoutMs });
  const hostSeconds = (performance.now() - startMs) / 1000;
  const { receivedBytes } = running.console;
  await running.cut();
  if (receivedBytes < floodBytes) {
    const [expected, got] = [`at least ${floodBytes} bytes`, `${receivedBytes} bytes`];
    throw benchErrors.BENCH_NOT_MEASURED({ tried: `read the flood of ${name}`, expected, got });
  }
  return { bytesPerSecond: floodBytes / guestSeconds(`${begins.text}${ends.text}`, name), hostSeconds };
}

/** The flood is lines of text, as programs print them; the terminal adds a carriage return to each. */
function floodingGuest(bench: Bench, name: string, floodBytes: number) {
  const line = 'the quick brown fox jumps over the lazy dog 0123456789 ABCDEFGHIJKLMNOPQRSTUVW';
  const lines = Math.ceil(floodBytes / (line.length + 2));
  const command = [
    'mount -t proc proc /proc',
    'read -r up rest </proc/uptime',
    'echo FLOOD BEGINS $up',
    `yes '${line}' | head -n ${lines}`,
    'read -r up rest </proc/uptime',
    // A second line after the text that a script waits for: so the first is whole.
    'echo FLOOD ENDS $up',
    'echo FLOOD END',
    'sleep 3600',
  ].join('; ');
  return benchGuest(name, join(bench.workFolder, 'disk.raw'), command);
}

function guestSeconds(log: string, where: string): number {
  const seconds = Number(endsPattern.exec(log)?.[1]) - Number(beginsPattern.exec(log)?.[1]);
  if (seconds > 0) return seconds;
  const expected = 'FLOOD BEGINS and FLOOD ENDS, each with the uptime';
  throw benchErrors.BENCH_NOT_MEASURED({ tried: 'read how long a flood took', where, expected });
}
