import { availableParallelism } from 'node:os';
import type { Options } from 'yargs';
import { jsonReport, terminalSummary } from '../../reports/index.ts';
import { type AcceleratorWish, acceleratorFor } from '../accelerator-for.ts';
import { emulatedMachines } from '../emulated-machines.ts';
import { availableMemoryMiB } from '../host-memory.ts';
import type { LoadedScenario } from '../load-scenarios.ts';
import type { PauseListener } from '../pause-at-failure.ts';
import type { MachineModes } from '../replay/machine-modes.ts';
import { type RunOptions, type RunResult, runScenarios } from '../run-scenarios.ts';
import { acceleratorOption, acceleratorWish } from './accelerator-option.ts';
import type { Words } from './command.ts';
import { machineModes } from './machine-modes-option.ts';
import { flag, positiveCount, positiveNumber, text, texts } from './option-values.ts';
import { placesOfRun } from './places-of-run.ts';
import { createProgress } from './progress.ts';

/** What all commands share that run scenarios, beside which ones. */
export const runningOptions: Record<string, Options> = {
  jobs: {
    type: 'string',
    requiresArg: true,
    describe: 'how many at once (default: what cores and memory allow)',
  },
  seed: { type: 'string', requiresArg: true, describe: 'the source of everything random (default: drawn)' },
  'timeout-scale': {
    type: 'string',
    requiresArg: true,
    describe: 'multiply every deadline: 2 on a slow host',
  },
  keep: { type: 'boolean', describe: 'keep the work folders of passing scenarios, too' },
  out: {
    type: 'string',
    requiresArg: true,
    describe: 'the run folder, empty or new (default: in .assay/runs)',
  },
  accelerator: acceleratorOption,
  record: { type: 'boolean', describe: 'record each machine, so that assay replay repeats it exactly' },
  'virtual-time': { type: 'boolean', describe: "the guests' time is counted in instructions" },
  plain: { type: 'boolean', describe: 'plain lines instead of the live view' },
};

/** What a command adds to {@link runningOptions}. */
export interface RunDetails
  extends Pick<
    RunOptions,
    | 'selected'
    | 'shard'
    | 'notes'
    | 'repeat'
    | 'retries'
    | 'budgetMs'
    | 'campaign'
    | 'further'
    | 'interruption'
  > {
  /** What happens at the first failure of a scenario; the live view is taken for it. */
  pause?: (progress: ReturnType<typeof createProgress>) => PauseListener;
  /** What is said of the run when it has ended, behind its summary. */
  conclude?: (result: RunResult) => Promise<RunConclusion>;
}

/** What a command says of its run beside the report. */
export interface RunConclusion {
  text: string;
  /** With --json: its keys stand in the report. */
  json: Record<string, unknown>;
}

/**
 * Runs what was selected, with the live view or plain lines, and prints the summary, or the report with --json.
 *
 * @throws as `runScenarios`, and HARNESS_USAGE for options that cannot be read.
 */
export async function runSelected(words: Words, { conclude, ...details }: RunDetails): Promise<RunResult> {
  const json = flag(words, 'json');
  // With --json, stdout is the report's alone.
  const result = await runShown(words, details, json ? process.stderr : process.stdout);
  const concluded = await conclude?.(result);
  process.stdout.write(
    json ? `${jsonReport(result.run, concluded?.json)}\n` : `${summary(result)}${concluded?.text ?? ''}`,
  );
  return result;
}

/**
 * Runs what was selected, and shows on `stream` how it goes; nothing is printed of its end.
 *
 * @param details With `out`, the run folder is another one than `--out` says.
 */
export async function runShown(
  words: Words,
  { pause, ...details }: Omit<RunDetails, 'conclude'> & Partial<Pick<RunOptions, 'out'>>,
  stream: NodeJS.WriteStream,
): Promise<RunResult> {
  const machines = await machinesFor(details.selected, acceleratorWish(words), machineModes(words));
  const options = { ...optionsOf(words), ...machines, ...details, argv: process.argv.slice(2) };
  const progress = createProgress(stream, flag(words, 'json') || flag(words, 'plain'));
  const { onEvent, onConsole } = progress;
  const onPause = pause?.(progress);
  return await withProgress(progress, () =>
    runScenarios({ ...options, onEvent, onConsole, ...(onPause && { onPause }) }),
  );
}

/**
 * Reads the options of a run that begins later.
 *
 * @throws HARNESS_USAGE for one that cannot be read.
 */
export function assertRunOptions(words: Words): void {
  optionsOf(words);
}

/** A run whose scenarios need no machine does not wait for a probe boot. */
async function machinesFor(selected: readonly LoadedScenario[], wish: AcceleratorWish, modes: MachineModes) {
  if (selected.every(({ scenario }) => scenario.needs.machines === 0)) return {};
  const { accelerator, reason } = await acceleratorFor(wish);
  return { machines: emulatedMachines(accelerator, modes), accelerator: { name: accelerator, reason } };
}

function optionsOf(words: Words) {
  return {
    jobs: positiveCount(words, 'jobs') ?? defaultJobs(),
    timeoutScale: positiveNumber(words, 'timeout-scale') ?? 1,
    keep: flag(words, 'keep'),
    virtualTime: flag(words, 'virtual-time'),
    seed: text(words, 'seed'),
    out: text(words, 'out'),
    scenarioPaths: texts(words, 'scenarios'),
  };
}

/** One scenario a core, as long as each can have a gibibyte. */
function defaultJobs(): number {
  return Math.max(1, Math.min(availableParallelism(), Math.floor(availableMemoryMiB() / 1024)));
}

/** The live view is taken down before anything else is printed, also before an error. */
async function withProgress<Result>(progress: Disposable, action: () => Promise<Result>): Promise<Result> {
  using _progress = progress;
  return await action();
}

function summary({ run: model, runFolder }: RunResult): string {
  const color = process.stdout.isTTY && process.env.NO_COLOR === undefined;
  return `${terminalSummary(model, { color })}${placesOfRun(runFolder)}`;
}
