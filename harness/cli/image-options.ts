import type { Options } from 'yargs';
import type { BuildOptions } from '../../images/index.ts';
import type { Words } from './command.ts';
import { flag, text, texts } from './option-values.ts';

/** Where components and recipes of an image come from, beside Assay's own (spec R1). */
export const componentOptions: Record<string, Options> = {
  component: {
    type: 'array',
    string: true,
    requiresArg: true,
    describe: 'a component beside those of the recipe, may be repeated',
  },
  'components-folder': {
    type: 'string',
    requiresArg: true,
    describe: 'a folder with components of your own',
  },
  'recipes-folder': {
    type: 'string',
    requiresArg: true,
    describe: "a folder of recipes instead of Assay's",
  },
};

/** Of every command that takes packages from the archive. */
export const lockedOption: Options = {
  type: 'boolean',
  describe: 'a locked package that is gone is an error',
};

/** What {@link componentOptions} and {@link lockedOption} say, for the builders; progress goes to standard error. */
export function buildOptions(words: Words): BuildOptions {
  return {
    extraComponents: texts(words, 'component'),
    extraComponentsFolder: text(words, 'components-folder'),
    recipesFolder: text(words, 'recipes-folder'),
    locked: flag(words, 'locked'),
    onProgress: (message) => process.stderr.write(`${message}\n`),
  };
}
