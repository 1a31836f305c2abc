import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { jsonReport, terminalSummary } from '../../../reports/index.ts';
import { type AcceleratorWish, acceleratorFor } from '../../accelerator-for.ts';
import { emulatedMachines } from '../../emulated-machines.ts';
import { exitCodeOf } from '../../exit-code.ts';
import { availableMemoryMiB } from '../../host-memory.ts';
import type { LoadedScenario } from '../../load-scenarios.ts';
import { type RunResult, runScenarios } from '../../run-scenarios.ts';
import { acceleratorOption, acceleratorWish } from '../accelerator-option.ts';
import type { Command, Words } from '../command.ts';
import { flag, positiveCount, positiveNumber, text, texts } from '../option-values.ts';
import { createProgress } from '../progress.ts';
import { selectedScenarios, selectionOptions } from '../selection-options.ts';

/** `assay run`: runs scenarios and reports. */
export const run: Command = {
  usage: 'run [names..]',
  summary: 'run scenarios',
  options: {
    ...selectionOptions,
    jobs: {
      type: 'string',
      requiresArg: true,
      describe: 'how many at once (default: what cores and memory allow)',
    },
    repeat: { type: 'string', requiresArg: true, describe: 'run each so many times' },
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
    plain: { type: 'boolean', describe: 'plain lines instead of the live view' },
  },
  examples: [
    ['assay run', 'every scenario in scenarios/'],
    ["assay run lifecycle 'damaged-*'", 'by name, and by a pattern of names'],
    ['assay run --grep licence --jobs 1', 'one after the other, those about licences'],
    ['assay run lifecycle --repeat 20 --out /tmp/soak', 'twenty times, evidence in /tmp/soak'],
  ],
  async run(words) {
    const json = flag(words, 'json');
    const selected = await selectedScenarios(words);
    const machines = await machinesFor(selected, acceleratorWish(words));
    const options = { ...runOptions(words), ...machines, selected, argv: process.argv.slice(2) };
    // With --json, stdout is the report's alone.
    const progress = createProgress(json ? process.stderr : process.stdout, json || flag(words, 'plain'));
    const result = await withProgress(progress, () =>
      runScenarios({ ...options, onEvent: progress.onEvent, onConsole: progress.onConsole }),
    );
    process.stdout.write(json ? `${jsonReport(result.run)}\n` : summary(result));
    return exitCodeOf(result.counts, result.interrupted);
  },
};

/** A run whose scenarios need no machine does not wait for a probe boot. */
async function machinesFor(selected: readonly LoadedScenario[], wish: AcceleratorWish) {
  if (selected.every(({ scenario }) => scenario.needs.machines === 0)) return {};
  const { accelerator, reason } = await acceleratorFor(wish);
  return { machines: emulatedMachines(accelerator), accelerator: { name: accelerator, reason } };
}

function runOptions(words: Words) {
  const scenarioPaths = texts(words, 'scenarios');
  return {
    jobs: positiveCount(words, 'jobs') ?? defaultJobs(),
    repeat: positiveCount(words, 'repeat') ?? 1,
    timeoutScale: positiveNumber(words, 'timeout-scale') ?? 1,
    keep: flag(words, 'keep'),
    seed: text(words, 'seed'),
    out: text(words, 'out'),
    scenarioPaths,
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
  return `${terminalSummary(model, { color })}evidence: ${relative(process.cwd(), runFolder) || '.'}\n`;
}
