import { z } from 'zod';
import { type StepKind, stepKind } from '../step-kind.ts';
import { endMachine } from './end-machine.ts';

const options = z.strictObject({});

/** Switches the machine off (spec R8); no step after it runs. */
export function makeShutDown(wordPath?: string): StepKind<typeof options> {
  return stepKind({
    name: 'shut-down',
    summary: 'switch the machine off, in good order',
    options,
    run: (_, context) => endMachine('shut-down', context, wordPath),
  });
}

export const shutDown = makeShutDown();
