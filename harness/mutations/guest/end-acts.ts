import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { powerOff } from '../../../core/appliance/power.ts';
import { runProgram } from '../../../core/appliance/run-program.ts';
import { resetMachine } from '../../../core/known-state/running/reset-machine.ts';
import { endMachine } from '../../../core/script/steps/end-machine.ts';
import { contentOf } from '../trial-content.ts';

/** How the core ends a machine while somebody has a file open that is not synced; the file system cannot be unmounted. */
export const endActs: Readonly<Record<string, (place: string) => Promise<unknown>>> = {
  'power-off': (place) => whileWriting(place, () => powerOff('trial')),
  'reset-the-machine': (place) => whileWriting(place, () => resetMachine('trial')),
  'end-by-init': (place) =>
    whileWriting(place, () => endMachine('shut-down', { runProgram, signal: new AbortController().signal })),
};

async function whileWriting(place: string, end: () => Promise<never>): Promise<never> {
  const file = await open(join(place, 'busy'), 'w');
  await file.write(contentOf('busy'));
  try {
    return await end();
  } finally {
    await file.close();
  }
}
