import { parseArgs } from 'node:util';

const text = { type: 'string' } as const;
const manyTexts = { type: 'string', multiple: true } as const;
const flag = { type: 'boolean' } as const;

const options = {
  ...{ seed: text, 'timeout-scale': text, 'virtual-time': flag, scenarios: manyTexts },
  ...{ machine: text, disk: text, span: text, from: text, to: text, 'well-within': text },
  ...{ budget: text, boots: text, draws: text, 'tear-unit': text, 'tear-everywhere': flag, forks: flag },
  ...{ recording: text, state: manyTexts },
} as const;

/** What an exploration was told, by the names on the command line. */
export type ExploreWords = Record<string, string | boolean | string[] | undefined>;

/**
 * Takes apart the words behind `assay explore`.
 *
 * @throws for an option that `explore` has not got here.
 */
export function readExploreWords(words: string[]) {
  const { values, positionals } = parseArgs({
    args: words,
    options,
    allowPositionals: true,
    allowNegative: true,
  });
  const { seed, 'timeout-scale': scale = '1', scenarios = [], ...others } = values;
  const { 'virtual-time': isVirtual, ...explore } = others;
  const virtualTime = isVirtual === true ? ({ virtualTime: true } as const) : {};
  return {
    names: positionals,
    seed,
    circumstances: { timeoutScale: Number(scale), ...virtualTime, scenarioPaths: scenarios },
    explore: { ...explore },
  };
}
