import { availableParallelism } from 'node:os';
import { jsonReport, terminalSummary } from '../../../reports/index.ts';
import { type AcceleratorWish, acceleratorFor } from '../../accelerator-for.ts';
import { emulatedMachines } from '../../emulated-machines.ts';
import { exitCodeOf, exitCodes } from '../../exit-code.ts';
import { availableMemoryMiB } from '../../host-memory.ts';
import type { LoadedScenario } from '../../load-scenarios.ts';
import { type RunResult, runScenarios } from '../../run-scenarios.ts';
import { acceleratorOption, acceleratorWish } from '../accelerator-option.ts';
import type { Command, Words } from '../command.ts';
import { flag, positiveCount, positiveNumber, text, texts, wholeNumber } from '../option-values.ts';
import { pausePrompt, refuseWithoutPerson } from '../pause-prompt.ts';
import { placesOfRun } from '../places-of-run.ts';
import { createProgress } from '../progress.ts';
import { chooseScenarios, type ScenarioChoice, selectionOptions } from '../selection-options.ts';
import { watchAndRun } from '../watch-and-run.ts';

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
    retries: {
      type: 'string',
      requiresArg: true,
      describe: 'try again what failed, so many times; a pass then is flaky (default: 0)',
    },
    'fail-on-flaky': { type: 'boolean', describe: 'exit code 1 also where a scenario was flaky' },
    seed: { type: 'string', requiresArg: true, describe: 'the source of everything random (default: drawn)' },
    'timeout-scale': {
      type: 'string',
      requiresArg: true,
      describe: 'multiply every deadline: 2 on a slow host',
    },
    'pause-on-failure': {
      type: 'boolean',
      describe: 'leave the machines of a scenario that fails up until Enter is pressed',
    },
    keep: { type: 'boolean', describe: 'keep the work folders of passing scenarios, too' },
    out: {
      type: 'string',
      requiresArg: true,
      describe: 'the run folder, empty or new (default: in .assay/runs)',
    },
    accelerator: acceleratorOption,
    plain: { type: 'boolean', describe: 'plain lines instead of the live view' },
    watch: { type: 'boolean', describe: 'run again whenever a source file changes, until q or Ctrl-C' },
  },
  examples: [
    ['assay run', 'every scenario in scenarios/'],
    ["assay run lifecycle 'damaged-*'", 'by name, and by a pattern of names'],
    ['assay run --grep licence --jobs 1', 'one after the other, those about licences'],
    ['assay run lifecycle --repeat 20 --out /tmp/soak', 'twenty times, evidence in /tmp/soak'],
    ['assay run --last-failed', 'only what did not pass in the last run'],
    ['assay run --shard 2/8 --out shard-2', 'the second of eight parts, one for each host of CI'],
    ['assay run --retries 1', 'what fails is tried again; if it passes then, it is counted as flaky'],
    ['assay run gateway-starts --pause-on-failure', 'when it fails, look at its machines before they go'],
    ['assay run gateway-starts --watch', 'while writing it: again at every change'],
  ],
  async run(words) {
    if (flag(words, 'pause-on-failure')) refuseWithoutPerson(flag(words, 'watch'));
    if (flag(words, 'watch')) return watchAndRun(words);
    const json = flag(words, 'json');
    const choice = await chooseScenarios(words);
    const { selected, shard, notes } = choice;
    const isNothing = selected.length === 0;
    // Without anything to repeat there is no run. A shard without scenarios is one: whoever merges expects it.
    if (isNothing && shard === undefined) return sayNothingFailed(choice, json);
    const machines = await machinesFor(selected, acceleratorWish(words));
    const chosen = { selected, shard, notes, argv: process.argv.slice(2) };
    const options = { ...runOptions(words), ...machines, ...chosen };
    // With --json, stdout is the report's alone.
    const progress = createProgress(json ? process.stderr : process.stdout, json || flag(words, 'plain'));
    const { onEvent, onConsole } = progress;
    const onPause = flag(words, 'pause-on-failure') ? pausePrompt(progress) : undefined;
    const result = await withProgress(progress, () =>
      runScenarios({ ...options, onEvent, onConsole, ...(onPause && { onPause }) }),
    );
    process.stdout.write(json ? `${jsonReport(result.run)}\n` : summary(result));
    if (isNothing && !result.interrupted) return exitCodes.passed;
    return exitCodeOf({ ...result, failOnFlaky: flag(words, 'fail-on-flaky') });
  },
};

function sayNothingFailed({ lastRunId, notes }: ScenarioChoice, json: boolean): number {
  for (const note of notes) process.stderr.write(`${note}\n`);
  const counts = { passed: 0, failed: 0, errored: 0, skipped: 0, flaky: 0 };
  if (json) process.stdout.write(`${JSON.stringify({ lastRunId, notes, counts, scenarios: [] })}\n`);
  return exitCodes.passed;
}

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
    retries: wholeNumber(words, 'retries') ?? 0,
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
  return `${terminalSummary(model, { color })}${placesOfRun(runFolder)}`;
}
