import { join } from 'node:path';
import type { Bench } from '../harness/index.ts';
import { benchGuest, benchReadyText } from './bench-guest.ts';
import { type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { median, quantile } from './statistics.ts';

const limitMs = 2;
const commandCount = 200;

/** How long `run('true')` takes once `run` has set up its loop in the guest's shell, in milliseconds. */
export async function measureCommands(bench: Bench, options: BenchmarkOptions): Promise<BenchmarkResult> {
  options.onProgress(`${commandCount} times run('true')`);
  const machine = await bench.machine(await benchGuest('commands', join(bench.workFolder, 'disk.raw')));
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText);
  // The first sets the loop up.
  await running.console.run('true');
  const tookMs: number[] = [];
  for (let command = 0; command < commandCount; command += 1) {
    const startMs = performance.now();
    await running.console.run('true');
    tookMs.push(performance.now() - startMs);
  }
  await running.cut();
  return judged({
    name: 'console-run',
    value: median(tookMs),
    unit: 'ms',
    limit: limitMs,
    bound: 'at most',
    comparedWith: `nothing: median of ${commandCount} commands in a row, one at a time, at 115200 baud`,
    details: { quantile95Ms: quantile(tookMs, 0.95), slowestMs: Math.max(...tookMs), samplesMs: tookMs },
  });
}
