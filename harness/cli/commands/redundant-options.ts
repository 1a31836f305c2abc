import { stat } from 'node:fs/promises';
import { readSigningKey, type SigningKey } from '../../../core/factory/index.ts';
import type { BuiltImage } from '../../../images/index.ts';
import { harnessErrors } from '../../errors.ts';
import type { Command, Words } from '../command.ts';
import { buildOptions, componentOptions, lockedOption } from '../image-options.ts';
import { text } from '../option-values.ts';

/** What `assay build redundant` and `assay build update` are both told: key, layout, and the system. */
export const systemOptions: Command['options'] = {
  key: { type: 'string', requiresArg: true, describe: 'the private key that signs, from `assay build key`' },
  layout: {
    type: 'string',
    requiresArg: true,
    describe: "a layout with redundant system images (default: Assay's, two of them and a data disk)",
  },
  recipe: {
    type: 'string',
    requiresArg: true,
    describe: 'the recipe of the system (default redundant-system)',
  },
  ...componentOptions,
  locked: lockedOption,
};

/** What {@link systemOptions} say, for the builders. @throws HARNESS_USAGE, KNOWN_STATE_KEY_UNUSABLE */
export async function systemInputs(words: Words, tried: string) {
  const version = text(words, 'version') ?? '1.0.0';
  if (!/^[\w.+~-]{1,64}$/.test(version)) {
    throw harnessErrors.HARNESS_USAGE({
      ...{ tried: 'read --version', got: JSON.stringify(version) },
      expected: 'letters, digits, and . _ + ~ -, at most 64, such as 1.0.0',
    });
  }
  const key: SigningKey = await readSigningKey(
    requiredText(words, 'key', tried, 'FILE: the private key; `assay build key --out FILE` makes one'),
  );
  const layoutPath = text(words, 'layout');
  return { ...buildOptions(words), key, version, layoutPath, recipe: text(words, 'recipe') };
}

/** @throws HARNESS_USAGE with what the option is for. */
export function requiredText(words: Words, name: string, tried: string, meaning: string): string {
  const value = text(words, name);
  if (value !== undefined) return value;
  throw harnessErrors.HARNESS_USAGE({ tried, expected: `--${name} ${meaning}` });
}

/**
 * Looks before anything is built, which takes minutes, at what lies where the result is to go.
 *
 * @throws HARNESS_USAGE for a file in the place of a folder, and the other way round.
 */
export async function checkOut(path: string, kind: 'file' | 'folder'): Promise<void> {
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined || stats.isDirectory() === (kind === 'folder')) return;
  const got = stats.isDirectory() ? 'a folder' : 'a file';
  throw harnessErrors.HARNESS_USAGE({ tried: `write ${path}`, expected: `--out: a ${kind}`, got });
}

/** What `--json` says of an image. */
export function imageFacts({ name, inputsHash, packages, unlocked }: BuiltImage) {
  return { name, inputsHash, packages, unlocked };
}
