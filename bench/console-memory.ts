import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { formatSize } from '../foundation/index.ts';
import type { Bench } from '../harness/index.ts';
import { ConsoleRecorder } from '../vm/console/console-recorder.ts';
import { SerialConsole } from '../vm/console/serial-console.ts';
import { type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';

const limitMiB = 8;
const mebibyte = 1024 * 1024;
const floodBytes = 50 * mebibyte;
const sampleEveryBytes = mebibyte;
const floodTimeoutMs = 120_000;
const line = Buffer.from(
  'the quick brown fox jumps over the lazy dog 0123456789 ABCDEFGHIJKLMNOPQRSTUVW\r\n',
);

interface Sample {
  bytes: number;
  /** What is in use after a garbage collection: on V8's heap and beside it. */
  liveBytes: number;
  residentBytes: number;
}

/**
 * Whether the console's memory stays flat in a flood of 50 MiB: how much more is in use at most in the second half than
 * in the first; a console that kept what it reads would have 25 MiB more. Resident memory stands beside it: at this
 * speed, it says more about when Node collects garbage. The flood comes through a socket as fast as the console takes
 * it, with its recording, which is a hundred times the speed of an emulated serial port.
 */
export async function measureMemory(bench: Bench, options: BenchmarkOptions): Promise<BenchmarkResult> {
  options.onProgress(`${formatSize(floodBytes)} through a console at full speed`);
  const recorder = new ConsoleRecorder(join(bench.workFolder, 'flood.cast'), 'flood');
  const [reader, writer] = await socketPair();
  const console = new SerialConsole(reader, { name: 'flooded console', recorder });
  const samples: Sample[] = [];
  let sampledAtBytes = 0;
  reader.on('data', () => {
    if (console.receivedBytes - sampledAtBytes < sampleEveryBytes) return;
    sampledAtBytes = console.receivedBytes;
    samples.push({ bytes: console.receivedBytes, ...memoryInUse() });
  });
  const before = memoryInUse();
  try {
    // The console gives lines as a terminal shows them, without the carriage return.
    await Promise.all([
      console.expect('FLOOD ENDS\n', { timeoutMs: floodTimeoutMs }),
      write(writer, floodBytes),
    ]);
  } finally {
    writer.destroy();
    reader.destroy();
    await recorder.close();
  }
  return resultOf(samples, before.residentBytes);
}

function resultOf(samples: readonly Sample[], residentBefore: number): BenchmarkResult {
  const peakOf = (half: readonly Sample[]) => Math.max(...half.map(({ liveBytes }) => liveBytes)) / mebibyte;
  const isFirst = ({ bytes }: Sample) => bytes <= floodBytes / 2;
  const first = peakOf(samples.filter(isFirst));
  const second = peakOf(samples.filter((sample) => !isFirst(sample)));
  const residentPeak = Math.max(...samples.map(({ residentBytes }) => residentBytes));
  return judged({
    name: 'console-memory',
    value: Math.max(0, second - first),
    unit: 'MiB',
    limit: limitMiB,
    bound: 'at most',
    comparedWith: `the most memory in use in the first half of ${formatSize(floodBytes)}, after garbage collections`,
    details: {
      firstHalfPeakMiB: first,
      secondHalfPeakMiB: second,
      residentGrowthMiB: (residentPeak - residentBefore) / mebibyte,
    },
  });
}

/** Node gives the function away only when it is asked to by a flag, which may be set at any time. */
function memoryInUse(): Omit<Sample, 'bytes'> {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { liveBytes: heapUsed + external, residentBytes: rss };
}

async function socketPair(): Promise<[Socket, Socket]> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const writer = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [reader] = (await once(server, 'connection')) as [Socket];
  server.close();
  return [reader, writer];
}

/** The same chunk again and again, so that the writer's memory does not grow. */
async function write(socket: Socket, sizeBytes: number): Promise<void> {
  const chunk = Buffer.concat(Array.from({ length: 800 }, () => line));
  for (let written = 0; written < sizeBytes; written += chunk.length) {
    if (!socket.write(chunk)) await once(socket, 'drain');
  }
  socket.write('FLOOD ENDS\r\n');
}
