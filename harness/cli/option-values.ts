import { harnessErrors } from '../errors.ts';
import type { Words } from './command.ts';

/** The value of an option that is given once; where it is given several times, the last one counts. */
export function text(words: Words, name: string): string | undefined {
  return texts(words, name).at(-1);
}

/** The values of an option or a positional word that may be given several times. */
export function texts(words: Words, name: string): string[] {
  const value = words[name];
  return value === undefined ? [] : [value].flat().map(String);
}

export function flag(words: Words, name: string): boolean {
  return [words[name]].flat().at(-1) === true;
}

/** @throws HARNESS_USAGE unless it is a whole number from 1. */
export function positiveCount(words: Words, name: string): number | undefined {
  return number(words, name, /^[1-9]\d{0,14}$/, 'a whole number, 1 or more');
}

/** @throws HARNESS_USAGE unless it is a whole number from 0. */
export function wholeNumber(words: Words, name: string): number | undefined {
  return number(words, name, /^\d{1,4}$/, 'a whole number, 0 or more');
}

/** @throws HARNESS_USAGE unless it is a number above zero. */
export function positiveNumber(words: Words, name: string): number | undefined {
  return number(words, name, /^(?!0+(\.0+)?$)\d{1,9}(\.\d{1,9})?$/, 'a number above zero');
}

function number(words: Words, name: string, form: RegExp, expected: string): number | undefined {
  const value = text(words, name);
  if (value === undefined) return undefined;
  if (!form.test(value)) {
    throw harnessErrors.HARNESS_USAGE({ tried: `read --${name}`, expected, got: JSON.stringify(value) });
  }
  return Number(value);
}
