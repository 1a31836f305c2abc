import { join } from 'node:path';
import { type Bench, loadScenarios } from '../harness/index.ts';
import type { RunEvent } from '../reports/index.ts';
import { type Benchmark, type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { measureBoot } from './boot.ts';
import { countBoots } from './count-boots.ts';
import { inRunner, runOne } from './in-runner.ts';
import { initialisedDisks } from './initialised-unit.ts';
import { median } from './statistics.ts';

const limit = 1.3;
const defaultBoots = 5;
const scenarioPath = join(import.meta.dirname, '..', 'scenarios', 'lifecycle.ts');

/** Whether the life cycle takes much longer than its boots, which nothing but the guest can shorten (issue: Speed). */
export const lifecycle: Benchmark = {
  name: 'lifecycle',
  summary: 'the scenario lifecycle with images cached, against its boots times the median reference boot',
  async run(options) {
    const bootsMs = await inRunner((bench) => referenceBoots(bench, options), {
      ...options,
      name: 'lifecycle-reference',
    });
    const events: RunEvent[] = [];
    const [loaded] = await loadScenarios([scenarioPath]);
    await runOne(loaded!.scenario, { ...options, name: 'lifecycle', onEvent: (event) => events.push(event) });
    return [resultOf(bootsMs, events)];
  },
};

/** Boots of an initialised appliance to ready. Builds images and template on the way, so that they are cached after. */
async function referenceBoots(bench: Bench, options: BenchmarkOptions): Promise<number[]> {
  const disks = await initialisedDisks(bench);
  const count = options.pairs ?? defaultBoots;
  const tookMs: number[] = [];
  for (let boot = 0; boot < count; boot += 1) {
    tookMs.push((await measureBoot(bench, disks, `boot-${boot}`)).tookMs);
    options.onProgress(`reference boot ${boot + 1} of ${count}: ${tookMs.at(-1)!.toFixed(0)} ms`);
  }
  return tookMs;
}

function resultOf(bootsMs: readonly number[], events: readonly RunEvent[]): BenchmarkResult {
  const seconds = scenarioMs(events) / 1000;
  const boots = countBoots(events);
  const bootSeconds = median(bootsMs) / 1000;
  return judged({
    name: 'lifecycle',
    value: seconds / (boots.total * bootSeconds),
    unit: 'ratio',
    limit,
    bound: 'at most',
    comparedWith:
      `${boots.total} boots (${boots.powerOns} power-ons, ${boots.restarts} restarts) times the median boot to ready ` +
      'of an initialised appliance, measured just before',
    details: { seconds, ...boots, referenceBootSeconds: bootSeconds, referenceBootsMs: bootsMs },
  });
}

function scenarioMs(events: readonly RunEvent[]): number {
  const started = events.find(({ kind }) => kind === 'scenario-started')!;
  const ended = events.find(({ kind }) => kind === 'scenario-ended')!;
  return ended.atMs - started.atMs;
}
