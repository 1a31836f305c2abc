import { exitCodeOf, exitCodes } from '../../exit-code.ts';
import type { Command } from '../command.ts';
import { flag, positiveCount, wholeNumber } from '../option-values.ts';
import { pausePrompt, refuseWithoutPerson } from '../pause-prompt.ts';
import { runningOptions, runSelected } from '../run-selected.ts';
import { chooseScenarios, type ScenarioChoice, selectionOptions } from '../selection-options.ts';
import { watchAndRun } from '../watch-and-run.ts';

/** `assay run`: runs scenarios and reports. */
export const run: Command = {
  usage: 'run [names..]',
  summary: 'run scenarios',
  options: {
    ...selectionOptions,
    ...runningOptions,
    repeat: { type: 'string', requiresArg: true, describe: 'run each so many times' },
    retries: {
      type: 'string',
      requiresArg: true,
      describe: 'try again what failed, so many times; a pass then is flaky (default: 0)',
    },
    'fail-on-flaky': { type: 'boolean', describe: 'exit code 1 also where a scenario was flaky' },
    'pause-on-failure': {
      type: 'boolean',
      describe: 'leave the machines of a scenario that fails up until Enter is pressed',
    },
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
    const result = await runSelected(words, {
      ...{ selected, shard, notes },
      repeat: positiveCount(words, 'repeat') ?? 1,
      retries: wholeNumber(words, 'retries') ?? 0,
      ...(flag(words, 'pause-on-failure') && { pause: pausePrompt }),
    });
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
