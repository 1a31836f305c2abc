import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { formatSize } from '../foundation/index.ts';
import type { Bench } from '../harness/index.ts';
import { htmlReportName } from '../harness/report/write-html-report.ts';
import { type Benchmark, type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { findComparedTool } from './compared-tools.ts';
import { inRunner } from './in-runner.ts';
import { openPage, type PageOpening } from './page-opening.ts';
import { shellWord } from './shell-word.ts';
import { median } from './statistics.ts';
import { type SyntheticRun, writeSyntheticRun } from './synthetic-run.ts';
import { runTimedScript } from './timed-script.ts';

const writeLimitMs = 10_000;
const openLimitMs = 2_000;
const defaultTimes = 5;
const hourMs = 3_600_000;
const mebibyte = 1024 * 1024;

const size = { machines: 100, durationMs: 2 * hourMs, floodBytes: 50 * mebibyte, seed: 21 };
const lastScenario = 'scenario-100';

/** How long the page of a large run is in the making, and in opening (issue: Speed). */
export const runReport: Benchmark = {
  name: 'report',
  summary: 'the HTML report of a run of 2 hours with 100 machines, written and opened in Chromium',
  comparedTools: ['chromium'],
  run: async (options) => {
    const chromiumPath = await findComparedTool('chromium');
    const body = (bench: Bench) => measureReport(bench, options, chromiumPath);
    return await inRunner(body, { ...options, name: 'report' });
  },
};

async function measureReport(
  bench: Bench,
  { onProgress, pairs: times = defaultTimes }: BenchmarkOptions,
  chromiumPath: string,
): Promise<BenchmarkResult[]> {
  const runFolder = join(bench.workFolder, 'run');
  await mkdir(runFolder);
  onProgress('a run that never was');
  const run = await writeSyntheticRun(runFolder, size);
  onProgress(`${run.events} events, ${formatSize(run.recordingsBytes)} of recordings`);
  const writtenMs: number[] = [];
  while (writtenMs.length < times) {
    writtenMs.push(await timeWriting(bench, runFolder));
    onProgress(`written ${writtenMs.length} of ${times}: ${writtenMs.at(-1)!.toFixed(0)} ms`);
  }
  const pagePath = join(runFolder, htmlReportName);
  const openings: PageOpening[] = [];
  while (openings.length < times) {
    openings.push(await openPage(chromiumPath, pagePath, lastScenario));
    onProgress(`opened ${openings.length} of ${times}: ${openings.at(-1)!.openMs.toFixed(0)} ms`);
  }
  const pageBytes = (await stat(pagePath)).size;
  return [writingResult(writtenMs, run, pageBytes), openingResult(openings, pageBytes)];
}

/** A process of its own: from its start to its end, with Node's start and the reading of log and recordings. */
async function timeWriting(bench: Bench, runFolder: string): Promise<number> {
  const program = join(import.meta.dirname, 'report-program.ts');
  const words = [process.execPath, '--disable-warning=ExperimentalWarning', program, runFolder];
  return await runTimedScript({
    scriptPath: join(bench.workFolder, 'report.bash'),
    lines: [
      'set -eu',
      'start=$EPOCHREALTIME',
      words.map(shellWord).join(' '),
      'echo "$start $EPOCHREALTIME"',
    ],
    tried: 'write the report',
    signal: bench.signal,
  });
}

function writingResult(
  writtenMs: readonly number[],
  { events, recordingsBytes }: SyntheticRun,
  pageBytes: number,
): BenchmarkResult {
  return judged({
    name: 'report-written',
    value: median(writtenMs),
    unit: 'ms',
    limit: writeLimitMs,
    bound: 'at most',
    comparedWith:
      `nothing: median of ${writtenMs.length}, from the start of a process to the page on the disk; ` +
      `${size.machines} machines, 2 hours, ${events} events, ${formatSize(recordingsBytes)} of recordings`,
    details: { pageMiB: pageBytes / mebibyte, events, recordingsMiB: recordingsBytes / mebibyte, writtenMs },
  });
}

function openingResult(openings: readonly PageOpening[], pageBytes: number): BenchmarkResult {
  const medianOf = (part: keyof PageOpening) => median(openings.map((opening) => opening[part]));
  return judged({
    name: 'report-opened',
    value: medianOf('openMs'),
    unit: 'ms',
    limit: openLimitMs,
    bound: 'at most',
    comparedWith:
      `nothing: median of ${openings.length}, each in a new Chromium without a window, from the navigation to the end ` +
      'of the load event or the first contentful paint, whichever is later',
    details: {
      loadedMedianMs: medianOf('loadedMs'),
      firstContentfulPaintMedianMs: medianOf('firstContentfulPaintMs'),
      pageMiB: pageBytes / mebibyte,
      openings,
    },
  });
}
