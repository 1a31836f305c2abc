import { harnessErrors } from '../errors.ts';
import type { MachineModes } from '../replay/machine-modes.ts';
import type { Words } from './command.ts';
import { flag } from './option-values.ts';

/** --record and --virtual-time. @throws HARNESS_USAGE for both: QEMU 7.2 hangs then. */
export function machineModes(words: Words): MachineModes {
  const modes = { record: flag(words, 'record'), virtualTime: flag(words, 'virtual-time') };
  if (!modes.record || !modes.virtualTime) return modes;
  throw harnessErrors.HARNESS_USAGE({
    tried: 'use --record and --virtual-time together',
    expected: 'one of them: QEMU 7.2 hangs when it records a machine whose time is virtual',
  });
}
