import { npmScriptParser } from '../cli/npm-script-parser.ts';
import { flag, positiveCount, positiveNumber, text, texts } from '../cli/option-values.ts';
import { harnessErrors } from '../errors.ts';
import type { Liar } from './liar.ts';

export interface LiarsCommand {
  liars: readonly Liar[];
  /** A scenario to repeat in place of the liars. */
  scenario?: string;
  repeat: number;
  total?: number;
  /** Every processor of the host is kept busy meanwhile. */
  load: boolean;
  timeoutScale: number;
  seed: string;
  /** The file for the numbers; none by default. */
  out?: string;
  /** The folder for evidence of false verdicts. */
  evidence?: string;
  list: boolean;
}

/**
 * Reads the command line of `npm run liars --`. Undefined when it asked for help, which is then printed.
 *
 * @throws HARNESS_USAGE for what it cannot understand.
 */
export async function readCommandLine(
  words: readonly string[],
  known: readonly Liar[],
): Promise<LiarsCommand | undefined> {
  const parsed = await parser(words).parseAsync();
  if (parsed.help === true) return undefined;
  const names = texts(parsed, '_');
  const unknown = names.find((name) => !known.some((liar) => liar.name === name));
  if (unknown !== undefined) {
    throw harnessErrors.HARNESS_USAGE({
      tried: 'choose liars',
      expected: known.map(({ name }) => name).join(', '),
      got: unknown,
    });
  }
  const on = flag(parsed, 'streams') ? known.filter((liar) => liar.on === 'stream') : known;
  return {
    liars: names.length === 0 ? on : known.filter(({ name }) => names.includes(name)),
    scenario: text(parsed, 'scenario'),
    repeat: positiveCount(parsed, 'repeat') ?? 1,
    total: positiveCount(parsed, 'total'),
    load: flag(parsed, 'load'),
    timeoutScale: positiveNumber(parsed, 'timeout-scale') ?? 1,
    seed: text(parsed, 'seed') ?? 'liars',
    out: text(parsed, 'out'),
    evidence: text(parsed, 'evidence'),
    list: flag(parsed, 'list'),
  };
}

function parser(words: readonly string[]) {
  return npmScriptParser(words, 'liars')
    .usage('$0 [NAME…]\n\nMeets liars, and counts the verdicts that were false (docs/verdicts.md).')
    .options({
      repeat: { type: 'string', requiresArg: true, describe: 'how often each, 1 by default' },
      total: {
        type: 'string',
        requiresArg: true,
        describe: 'how often all together, in turns, in place of --repeat',
      },
      streams: { type: 'boolean', describe: 'only those that need no machine' },
      scenario: {
        type: 'string',
        requiresArg: true,
        describe: 'repeat a scenario that has to pass, in place of liars',
      },
      load: { type: 'boolean', describe: 'keep every processor of the host busy meanwhile' },
      'timeout-scale': { type: 'string', requiresArg: true, describe: 'of the scenario, 1 by default' },
      seed: { type: 'string', requiresArg: true, describe: 'what liars draw from it is the same each time' },
      out: { type: 'string', requiresArg: true, describe: 'write the numbers to this file, as JSON' },
      evidence: {
        type: 'string',
        requiresArg: true,
        describe: 'the folder for evidence, by default a new one in /tmp',
      },
      list: { type: 'boolean', describe: 'list the liars and the true verdicts' },
    })
    .example('$0', 'each liar once')
    .example('$0 --total 1000', '1,000 liars, which takes about two hours on two cores')
    .example('$0 --scenario damaged-root-recovers --repeat 100 --load', 'a sound product on a loaded host')
    .epilogue('Exit codes: 0 no verdict was false, 1 one was, 2 used wrongly, 3 the host or Assay failed.');
}
