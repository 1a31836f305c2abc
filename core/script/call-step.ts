import { z } from 'zod';
import type { StepKind } from './step-kind.ts';

/** What has to be known of a kind of step to read a script. */
export type StepKindOptions = Pick<StepKind, 'name' | 'summary' | 'options'>;

/** The one step that is the language's own: a called script is read together with its caller (spec R5). */
export const callStep = {
  name: 'call',
  summary: 'run another script, and end as it ends',
  options: z.strictObject({
    script: z
      .string()
      .min(1)
      .describe('The file; a relative path begins in the folder of the calling script.'),
  }),
} as const satisfies StepKindOptions;

/** The kinds that a script may name, `call` included, by name. */
export function knownKinds(kinds: readonly StepKindOptions[]): ReadonlyMap<string, StepKindOptions> {
  return new Map([...kinds, callStep].map((kind) => [kind.name, kind]));
}
