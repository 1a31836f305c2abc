import { mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exploreStates } from '../harness/explorer/explore-states.ts';
import { StateDisk } from '../harness/explorer/state-disk.ts';
import { readWriteHistory, type WriteHistory } from '../harness/explorer/write-history.ts';
import { writeState } from '../harness/explorer/write-state.ts';
import type { Bench } from '../harness/index.ts';
import { type Benchmark, type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { inRunner } from './in-runner.ts';
import { recordBusyGuest } from './recorded-guest.ts';
import { median } from './statistics.ts';
import { writeSyntheticLog } from './synthetic-writes.ts';

const limit = 20_000;
const defaultRounds = 5;
const diskBytes = 512 * 1024 ** 2;
const uniformDraws = 20_000;
const materialisedStates = 40;
const seed = 7;

/** How fast the states of a disk of 512 MiB are built and hashed, on one core (issue: Speed). */
export const explorer: Benchmark = {
  name: 'explorer',
  summary: 'states of a 512 MiB disk built and hashed per second, from a synthetic log and a recorded one',
  run: (options) => inRunner((bench) => measureBoth(bench, options), { ...options, name: 'explorer' }),
};

async function measureBoth(bench: Bench, options: BenchmarkOptions): Promise<BenchmarkResult[]> {
  const folder = await mkdtemp(join(bench.workFolder, 'explorer-'));
  try {
    const synthetic = await writeSyntheticLog(folder, diskBytes, seed);
    const recorded = await recordBusyGuest(bench, folder, diskBytes);
    return [
      await measure('explorer-synthetic', await readTimed(synthetic), folder, options),
      await measure('explorer-recorded', await readTimed(recorded), folder, options),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readTimed({ basePath, logPath }: { basePath: string; logPath: string }) {
  const startMs = performance.now();
  const history = await readWriteHistory(basePath, logPath);
  return { history, readMs: performance.now() - startMs };
}

async function measure(
  name: string,
  { history, readMs }: { history: WriteHistory; readMs: number },
  folder: string,
  { pairs, onProgress }: BenchmarkOptions,
): Promise<BenchmarkResult> {
  const rates: number[] = [];
  let exploration = exploreStates(history, { uniformDraws, seed });
  for (let round = 0; round < (pairs ?? defaultRounds); round += 1) {
    const startMs = performance.now();
    exploration = exploreStates(history, { uniformDraws, seed, tearEverywhere: true });
    const seconds = (performance.now() - startMs) / 1000;
    rates.push(exploration.enumeratedCount / seconds);
    onProgress(`${name} ${round + 1}: ${Math.round(rates.at(-1)!)} states a second`);
  }
  return judged({
    name,
    value: median(rates),
    unit: 'states/s',
    limit,
    bound: 'at least',
    comparedWith: 'nothing: median of all rounds, one process, every contents hashed once before (readMs)',
    details: {
      readMs,
      entries: history.entries.length,
      logBytes: (await stat(history.logPath)).size,
      enumerated: exploration.enumeratedCount,
      distinct: exploration.distinctCount,
      perStratum: Object.fromEntries(exploration.counts),
      rates,
      materialiseMs: await materialise(history, folder, name),
    },
  });
}

/** How long a state takes to become a disk, in each manner: medians in milliseconds. */
async function materialise(history: WriteHistory, folder: string, name: string) {
  const exploration = exploreStates(history, { uniformDraws: materialisedStates, seed });
  const states = Array.from({ length: materialisedStates }, (_, draw) => exploration.drawnState(draw))
    .map((number) => exploration.state(number).state)
    .sort((one, other) => one.point - other.point);
  const timed = async (action: () => Promise<unknown>) => {
    const startMs = performance.now();
    await action();
    return performance.now() - startMs;
  };
  const times: Record<string, number[]> = { moving: [], raw: [], qcow2: [] };
  const path = join(folder, `${name}.state`);
  await using moving = await StateDisk.create(history, `${path}.moving`);
  for (const state of states) {
    times.moving!.push(await timed(() => moving.become(state)));
    for (const format of ['raw', 'qcow2'] as const) {
      times[format]!.push(await timed(() => writeState(history, state, path, { format })));
      await rm(path);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([manner, samples]) => [manner, median(samples)]));
}
