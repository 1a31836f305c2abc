import { parseSize } from '../foundation/index.ts';
import { npmScriptParser } from '../harness/cli/npm-script-parser.ts';
import { positiveCount, text } from '../harness/cli/option-values.ts';
import type { Benchmark } from './benchmark.ts';
import { benchErrors } from './errors.ts';

export interface CommandLine {
  benchmarks: Benchmark[];
  json: boolean;
  pairs?: number;
  floodBytes: number;
}

const defaultFlood = '4MiB';
const fullFlood = '50MiB';

/**
 * Reads the command line of `npm run bench --`. Undefined when it asked for help, which is then printed.
 *
 * @throws BENCH_USAGE, HARNESS_USAGE or FOUNDATION_SIZE_INVALID for what it cannot understand.
 */
export async function readCommandLine(
  words: readonly string[],
  known: readonly Benchmark[],
): Promise<CommandLine | undefined> {
  const names = known.map(({ name }) => name);
  const parsed = await parser(words, known).parseAsync();
  if (parsed.help === true) return undefined;
  const wanted = parsed._.map(String);
  const unknown = wanted.find((name) => name !== 'all' && !names.includes(name));
  if (wanted.length === 0 || unknown !== undefined) {
    const got = unknown ?? 'no name';
    throw benchErrors.BENCH_USAGE({
      tried: 'choose benchmarks',
      expected: [...names, 'all'].join(', '),
      got,
    });
  }
  const flood = parsed.full === true ? fullFlood : (text(parsed, 'flood') ?? defaultFlood);
  return {
    benchmarks: wanted.includes('all') ? [...known] : known.filter(({ name }) => wanted.includes(name)),
    json: parsed.json === true,
    pairs: positiveCount(parsed, 'pairs'),
    floodBytes: parseSize(flood, '--flood'),
  };
}

function parser(words: readonly string[], known: readonly Benchmark[]) {
  const list = known.map(({ name, summary }) => `  ${name.padEnd(11)} ${summary}`).join('\n');
  return npmScriptParser(words, 'bench', benchErrors.BENCH_USAGE)
    .usage(
      `$0 NAME…\n\nMeasures Assay against its limits, on a quiet machine.\n\n${list}\n  all         all of them`,
    )
    .options({
      pairs: {
        type: 'string',
        requiresArg: true,
        describe: 'how many pairs, boots or times (default: each its own)',
      },
      flood: {
        type: 'string',
        requiresArg: true,
        describe: `what the guest prints (default: ${defaultFlood})`,
      },
      full: { type: 'boolean', describe: `a flood of ${fullFlood}: many minutes for each side` },
      json: { type: 'boolean', describe: 'print JSON, for machines' },
    })
    .example('$0 overhead', 'what Assay adds to a machine')
    .example('$0 console --full', 'the console, with the whole flood')
    .example('$0 boot --pairs 3', 'a quick look at the boot')
    .example('$0 clone image-build report', 'what works without machines')
    .example('$0 all --json', 'all of them, as JSON')
    .epilogue(
      'Exit codes: 0 all limits kept, 1 one is not, 2 used wrongly, 3 not measured, 130 interrupted.',
    );
}
