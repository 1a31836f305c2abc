import type { Options } from 'yargs';
import { type LoadedScenario, loadScenarios } from '../load-scenarios.ts';
import { selectScenarios } from '../select-scenarios.ts';
import type { Words } from './command.ts';
import { text, texts } from './option-values.ts';

/** What `run` and `list` share: which scenarios. */
export const selectionOptions: Record<string, Options> = {
  scenarios: {
    type: 'array',
    string: true,
    requiresArg: true,
    describe: 'a folder of scenarios or a scenario file, may be repeated (default: scenarios)',
  },
  grep: { type: 'string', requiresArg: true, describe: 'a regular expression on name and summary' },
  tag: {
    type: 'array',
    string: true,
    requiresArg: true,
    describe: 'scenarios with this tag, may be repeated',
  },
};

/** Loads and selects what the words say. @throws what `loadScenarios` and `selectScenarios` throw. */
export async function selectedScenarios(words: Words): Promise<LoadedScenario[]> {
  const paths = texts(words, 'scenarios');
  const loaded = await loadScenarios(paths.length === 0 ? undefined : paths);
  return selectScenarios(loaded, {
    names: texts(words, 'names'),
    grep: text(words, 'grep'),
    tags: texts(words, 'tag'),
  });
}
