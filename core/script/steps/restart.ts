import { z } from 'zod';
import { type StepKind, stepKind } from '../step-kind.ts';
import { endMachine } from './end-machine.ts';

const options = z.strictObject({});

/** Restarts the machine (spec R8); no step after it runs. */
export function makeRestart(wordPath?: string): StepKind<typeof options> {
  return stepKind({
    name: 'restart',
    summary: 'restart the machine, in good order',
    options,
    run: (_, context) => endMachine('restart', context, wordPath),
  });
}

export const restart = makeRestart();
