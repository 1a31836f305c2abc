import type { ScriptEnd, StepOutcome } from './script-schema.ts';

/** A script that was read and found good, with every script that it calls (spec R5). Plain data. */
export interface Script {
  name: string;
  /** The file, as whoever asked for it named it; of a called script, beginning with the folder of its caller. */
  path: string;
  /** The folder of the file, absolute. */
  folder: string;
  end: ScriptEnd;
  onFailure: ScriptEnd;
  timeLimitMs?: number;
  steps: readonly ScriptStep[];
}

export interface ScriptStep {
  name: string;
  /** The name of its kind. */
  do: string;
  /** What stands under `with`, as the schema of the kind has given it. */
  options: unknown;
  /** Earlier steps that have to have ended before this one starts, by name. */
  waitsFor: readonly string[];
  timeLimitMs?: number;
  when: StepCondition;
  mayFail: boolean;
  /** The script that it calls, when it is a `call`. */
  called?: Script;
}

/** The outcomes that are wanted of earlier steps, by name; without any, only the default holds. */
export type StepCondition = 'always' | Readonly<Record<string, readonly StepOutcome[]>>;
