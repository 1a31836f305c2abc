import { type Bench, emulatedMachines, runScenarios, type Scenario } from '../harness/index.ts';
import type { RunEvent } from '../reports/index.ts';
import { benchErrors } from './errors.ts';

export interface RunnerOptions {
  name: string;
  onProgress: (text: string) => void;
  onEvent?: (event: RunEvent) => void;
}

const hourMs = 3_600_000;

/**
 * Runs a measurement as the body of a scenario, in a real runner with its event log: what a test pays there is what is
 * measured. Machines are emulated in software, for which the limits are made (docs/benchmarks.md).
 *
 * @throws what the body throws; BENCH_INTERRUPTED; HARNESS_CLEANUP_FAILED and the like when only the runner failed.
 */
export async function inRunner<Result>(
  body: (bench: Bench) => Promise<Result>,
  options: RunnerOptions,
): Promise<Result> {
  const values: Result[] = [];
  const thrown: unknown[] = [];
  const scenario: Scenario = {
    name: options.name,
    summary: `benchmark ${options.name}`,
    tags: [],
    timeoutMs: 6 * hourMs,
    needs: { machines: 1, memoryMiB: 1024, cpus: 1 },
    body: async (bench) => {
      try {
        values.push(await body(bench));
      } catch (error) {
        thrown.push(error);
        throw error;
      }
    },
  };
  try {
    await runOne(scenario, options);
  } catch (error) {
    // What the body threw says more than that its scenario did not pass.
    throw (error as { code?: string }).code === 'BENCH_NOT_MEASURED' ? (thrown[0] ?? error) : error;
  }
  return values[0]!;
}

/** Runs one scenario alone; the measured scenarios of Assay, too. @throws BENCH_NOT_MEASURED unless it passes. */
export async function runOne(scenario: Scenario, options: RunnerOptions): Promise<void> {
  const { run, counts, interrupted, runFolder } = await runScenarios({
    selected: [{ scenario, file: `bench/${options.name}.ts` }],
    jobs: 1,
    repeat: 1,
    keep: false,
    timeoutScale: 1,
    argv: process.argv.slice(2),
    machines: emulatedMachines('tcg'),
    accelerator: { name: 'tcg', reason: 'the limits are those of software emulation' },
    onEvent: (event) => {
      options.onEvent?.(event);
      if (event.kind === 'step-started') options.onProgress(event.sentence);
    },
  });
  if (interrupted) throw benchErrors.BENCH_INTERRUPTED({ tried: `run ${options.name}` });
  if (counts.passed === 1) return;
  const [attempt] = run.scenarios;
  const tried = `run ${scenario.name}`;
  const got = attempt?.error?.message ?? attempt?.reason ?? attempt?.outcome;
  throw benchErrors.BENCH_NOT_MEASURED({ tried, where: runFolder, expected: 'that it passes', got });
}
