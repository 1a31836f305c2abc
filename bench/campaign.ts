import { join } from 'node:path';
import { KeptStarts } from '../harness/drills/branching/kept-starts.ts';
import { drilledScenario } from '../harness/drills/drilled-scenario.ts';
import { parsePlannedFault } from '../harness/drills/fault-plan.ts';
import { loadScenarios, type Scenario } from '../harness/index.ts';
import type { RunEvent } from '../reports/index.ts';
import { type Benchmark, type BenchmarkOptions, type BenchmarkResult, judged } from './benchmark.ts';
import { benchErrors } from './errors.ts';
import { runOne } from './in-runner.ts';
import { measurePairs, mediansOf, type Pair } from './paired-samples.ts';
import { seededRandom } from './seeded-random.ts';
import { bootstrapMedian, median } from './statistics.ts';

const limit = 1;
const defaultPairs = 10;
const bootstrapSeed = 23;
const hourMs = 3_600_000;
const scenarioPath = join(import.meta.dirname, '..', 'scenarios', 'unit-in-the-field.ts');

/** Of the delivered matrix, what comes after the first start; one after the other, on both sides. */
const faults = ['boot-control-damaged', 'signature-damaged', 'licence-damaged', 'nic-replaced'];

/** `alpha starts and is ready`: the step that a branch takes from a checkpoint, the first of its name in each drill. */
const firstStart = 'alpha starts and is ready';

interface DrillTimes {
  drillMs: number;
  firstStartMs: number;
}

/** Whether drills of a campaign that share their first start are quicker than drills that each make it. */
export const campaign: Benchmark = {
  name: 'campaign',
  summary: 'drills that go on from a checkpoint of their first start, against the same drills that make it',
  async run(options) {
    await using starts = new KeptStarts();
    const [loaded] = await loadScenarios([scenarioPath]);
    return [await measure(loaded!.scenario, starts, options)];
  },
};

async function measure(
  scenario: Scenario,
  starts: KeptStarts,
  options: BenchmarkOptions,
): Promise<BenchmarkResult> {
  const count = options.pairs ?? defaultPairs;
  const firstStarts: Pair[] = [];
  const drill = async (side: keyof Pair, pair: number): Promise<DrillTimes> => {
    const fault = faults[Math.abs(pair) % faults.length]!;
    const drilled = drilledScenario(scenario, [parsePlannedFault(`${fault} at power-on:2`)], {
      starts: side === 'measured' ? starts : undefined,
    });
    return timesOf(await eventsOf(drilled, options), side === 'measured' && pair >= 0);
  };
  // Makes the master where none is kept, loads programs and files into the page cache, and keeps the checkpoint.
  await drill('reference', -1);
  await drill('measured', -1);
  const times = async (side: keyof Pair, pair: number) => {
    const { drillMs, firstStartMs } = await drill(side, pair);
    firstStarts[pair] = { ...firstStarts[pair]!, [side]: firstStartMs };
    return drillMs;
  };
  const sides = {
    reference: (pair: number) => times('reference', pair),
    measured: (pair: number) => times('measured', pair),
  };
  const pairs = await measurePairs(count, sides, ({ reference, measured }, index) =>
    options.onProgress(
      `pair ${index + 1} of ${count}: started ${reference.toFixed(0)} ms, branched ${measured.toFixed(0)} ms`,
    ),
  );
  return resultOf(pairs, firstStarts);
}

async function eventsOf(drilled: Scenario, options: BenchmarkOptions): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  await runOne(drilled, {
    ...{ name: 'campaign', onProgress: () => undefined },
    onEvent: (event) => events.push(event),
  });
  options.onProgress(drilled.name);
  return events;
}

/** @throws BENCH_NOT_MEASURED when the drill was not the one that was to be measured. */
function timesOf(events: readonly RunEvent[], isBranched: boolean): DrillTimes {
  const started = events.find((event) => event.kind === 'step-started' && event.sentence === firstStart);
  if (started?.kind !== 'step-started') {
    throw benchErrors.BENCH_NOT_MEASURED({ tried: 'time the first start', expected: `a step ${firstStart}` });
  }
  const ended = events.find((event) => event.kind === 'step-ended' && event.stepId === started.stepId)!;
  const taken = events.filter(
    ({ kind, ...event }) => kind === 'note' && /taken from a checkpoint/.test(noteOf(event)),
  );
  if (taken.length !== (isBranched ? 1 : 0)) {
    throw benchErrors.BENCH_NOT_MEASURED({
      tried: 'measure a drill',
      expected: isBranched ? 'that it goes on from a checkpoint' : 'that it makes its first start',
      got: `${taken.length} notes of a checkpoint`,
    });
  }
  const begun = events.find(({ kind }) => kind === 'scenario-started')!;
  const over = events.find(({ kind }) => kind === 'scenario-ended')!;
  return { drillMs: over.atMs - begun.atMs, firstStartMs: ended.atMs - started.atMs };
}

function noteOf(event: object): string {
  return 'text' in event ? String(event.text) : '';
}

function resultOf(pairs: readonly Pair[], firstStarts: readonly Pair[]): BenchmarkResult {
  const speedUps = pairs.map(({ reference, measured }) => reference / measured);
  const speedUp = bootstrapMedian(speedUps, seededRandom(bootstrapSeed));
  const [drillMs, startMs] = [mediansOf(pairs), mediansOf(firstStarts)];
  return judged(
    {
      name: 'campaign',
      value: speedUp.value,
      unit: 'times as quick',
      limit,
      bound: 'at least',
      comparedWith:
        'the same drills, each with its own first start; the lower end of the 95 % interval decides',
      details: {
        interval95: [speedUp.low, speedUp.high],
        startedDrillMedianMs: drillMs.reference,
        branchedDrillMedianMs: drillMs.measured,
        firstStartMedianMs: startMs.reference,
        firstStartFromCheckpointMedianMs: startMs.measured,
        firstStartSpeedUp: median(firstStarts.map(({ reference, measured }) => reference / measured)),
        startedAnHour: hourMs / drillMs.reference,
        branchedAnHour: hourMs / drillMs.measured,
        faults,
        pairsMs: pairs,
        firstStartsMs: firstStarts,
      },
    },
    speedUp.low,
  );
}
