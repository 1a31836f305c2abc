import { AssayError } from '../foundation/index.ts';
import { printError } from '../harness/cli/print-error.ts';
import { exitCodes } from '../harness/exit-code.ts';
import type { Benchmark } from './benchmark.ts';
import { boot } from './boot.ts';
import { campaign } from './campaign.ts';
import { checkpoint } from './checkpoint.ts';
import { clone } from './clone.ts';
import { type CommandLine, readCommandLine } from './command-line.ts';
import { findComparedTool } from './compared-tools.ts';
import { isQuiet, readConditions } from './conditions.ts';
import { consoleBenchmark } from './console.ts';
import { drills } from './drills.ts';
import { explorer } from './explorer.ts';
import { imageBuild } from './image-build.ts';
import { inspect } from './inspect.ts';
import { lifecycle } from './lifecycle.ts';
import { overhead } from './overhead.ts';
import { proof } from './proof.ts';
import { recording } from './recording.ts';
import { recovery } from './recovery.ts';
import { type BenchmarkReport, describeResult, writeReport } from './report.ts';
import { runReport } from './run-report.ts';

const benchmarks = [
  overhead,
  proof,
  consoleBenchmark,
  boot,
  checkpoint,
  lifecycle,
  clone,
  imageBuild,
  recovery,
  drills,
  campaign,
  explorer,
  recording,
  inspect,
  runReport,
];
const words = process.argv.slice(2);
try {
  process.exitCode = await main();
} catch (error) {
  const wasInterrupted = error instanceof AssayError && error.code === 'BENCH_INTERRUPTED';
  const exitCode = printError(error, { json: words.includes('--json') });
  process.exitCode = wasInterrupted ? exitCodes.interrupted : exitCode;
}

/** Runs the benchmarks that the command line names, one after the other; the exit code. */
async function main(): Promise<number> {
  const commandLine = await readCommandLine(words, benchmarks);
  if (commandLine === undefined) return exitCodes.passed;
  // Not after the first hour of `all`.
  for (const { comparedTools = [] } of commandLine.benchmarks)
    for (const tool of comparedTools) await findComparedTool(tool);
  const reports: BenchmarkReport[] = [];
  for (const benchmark of commandLine.benchmarks) {
    const report = await runOne(benchmark, commandLine);
    reports.push(report);
    if (!commandLine.json)
      for (const result of report.results) process.stdout.write(`${describeResult(result)}\n`);
  }
  const results = reports.flatMap((report) => report.results);
  if (commandLine.json) process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
  return results.every(({ pass }) => pass) ? exitCodes.passed : exitCodes.productFailure;
}

async function runOne(benchmark: Benchmark, { pairs, floodBytes }: CommandLine): Promise<BenchmarkReport> {
  const say = (text: string) => process.stderr.write(`${benchmark.name}: ${text}\n`);
  const conditions = await readConditions();
  if (!isQuiet(conditions)) {
    say(
      `the load of this machine is ${conditions.loadBefore.toFixed(1)}: numbers taken now are not to be published`,
    );
  }
  const startMs = performance.now();
  const results = await benchmark.run({ pairs, floodBytes, onProgress: say });
  const tookSeconds = (performance.now() - startMs) / 1000;
  const report = { benchmark: benchmark.name, tookSeconds, conditions, results };
  say(`written to ${await writeReport(report)}`);
  return report;
}
