import type { Options } from 'yargs';
import type { AcceleratorWish } from '../accelerator-for.ts';
import type { Words } from './command.ts';
import { text } from './option-values.ts';

export const acceleratorOption: Options = {
  choices: ['auto', 'kvm', 'tcg'],
  describe: 'of machines (default: auto, KVM only after a probe boot has succeeded)',
};

/** yargs has checked the value against the choices. */
export function acceleratorWish(words: Words): AcceleratorWish {
  return (text(words, 'accelerator') ?? 'auto') as AcceleratorWish;
}
