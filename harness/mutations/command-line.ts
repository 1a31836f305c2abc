import type { DurabilityStep } from '../../core/durability/durability-steps.ts';
import { npmScriptParser } from '../cli/npm-script-parser.ts';
import { flag, positiveNumber, text, texts } from '../cli/option-values.ts';
import { harnessErrors } from '../errors.ts';

export interface MutationsCommand {
  /** Of these only; all without it. */
  steps: readonly string[] | undefined;
  /** Of these trials only; all without it. */
  trials: readonly string[] | undefined;
  /** Without machines: only what runs on disks in memory. */
  withoutMachines: boolean;
  timeoutScale: number;
  list: boolean;
  json: boolean;
  /** The results go into docs/durability.md. */
  docs: boolean;
  /** The file for the results; none by default. */
  out?: string;
}

/**
 * Reads the command line of `npm run mutations --`. Undefined when it asked for help, which is then printed.
 *
 * @throws HARNESS_USAGE for what it cannot understand.
 */
export async function readCommandLine(
  words: readonly string[],
  known: readonly DurabilityStep[],
  knownTrials: readonly string[],
): Promise<MutationsCommand | undefined> {
  const parsed = await parser(words).parseAsync();
  if (parsed.help === true) return undefined;
  const steps = texts(parsed, 'step');
  const unknown = steps.find((step) => !known.some(({ id }) => id === step));
  if (unknown !== undefined) {
    throw harnessErrors.HARNESS_USAGE({
      tried: 'choose steps',
      expected: 'names that --list shows, such as record-store.copy',
      got: unknown,
    });
  }
  const trials = texts(parsed, 'trial');
  const unknownTrial = trials.find((trial) => !knownTrials.includes(trial));
  if (unknownTrial !== undefined) {
    throw harnessErrors.HARNESS_USAGE({
      ...{ tried: 'choose trials', expected: knownTrials.join(', '), got: unknownTrial },
    });
  }
  const out = text(parsed, 'out');
  return {
    steps: steps.length === 0 ? undefined : steps,
    trials: trials.length === 0 ? undefined : trials,
    withoutMachines: flag(parsed, 'without-machines'),
    timeoutScale: positiveNumber(parsed, 'timeout-scale') ?? 1,
    list: flag(parsed, 'list'),
    json: flag(parsed, 'json'),
    docs: flag(parsed, 'docs'),
    ...(out === undefined ? {} : { out }),
  };
}

function parser(words: readonly string[]) {
  return npmScriptParser(words, 'mutations')
    .usage(
      '$0\n\nLeaves out one step of the core after the other by which something becomes durable, and says whether the explorer of power cuts finds it (docs/durability.md).',
    )
    .options({
      step: { type: 'array', string: true, requiresArg: true, describe: 'only this step, may be repeated' },
      trial: {
        ...{ type: 'array', string: true, requiresArg: true },
        describe: 'only this trial and its steps, may be repeated',
      },
      'without-machines': { type: 'boolean', describe: 'only what needs no kernel, within a minute or two' },
      'timeout-scale': { type: 'string', requiresArg: true, describe: 'of the machines, 1 by default' },
      list: { type: 'boolean', describe: 'list the steps and what each is for' },
      json: { type: 'boolean', describe: 'print the results as JSON' },
      docs: { type: 'boolean', describe: 'put the results into docs/durability.md' },
      out: { type: 'string', requiresArg: true, describe: 'write the results to this file, as JSON' },
    })
    .example('$0', 'all steps, which takes some minutes')
    .example('$0 --step record-store.copy', 'one step, and the same whole')
    .example('$0 --trial write-a-file-on-fat', 'one trial, whole and without each of its steps')
    .epilogue(
      'Exit codes: 0 as docs/durability.md says, 1 a step that was caught is not any more or something whole is damaged, 2 used wrongly, 3 the host or Assay failed.',
    );
}
