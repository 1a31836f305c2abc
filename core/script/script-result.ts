import type { ScriptEnd, StepOutcome } from './script-schema.ts';
import type { StepFacts } from './step-kind.ts';

/** How a script has ended. */
export interface ScriptResult {
  name: string;
  outcome: 'succeeded' | 'failed';
  /** Of the first step that failed and may not, in time; or why the script was ended. */
  error?: unknown;
  /** What is to happen to the machine now, by `end` or `onFailure`. */
  end: ScriptEnd;
  durationMs: number;
  /** One for each step, in the order of the script. */
  steps: readonly StepResult[];
}

/** How a step has ended. */
export interface StepResult {
  name: string;
  do: string;
  outcome: StepOutcome;
  mayFail: boolean;
  /** Why it was skipped. */
  reason?: string;
  /** What it threw, or that its time was over. */
  error?: unknown;
  facts?: StepFacts;
  durationMs: number;
  /** How the script that it called has ended. */
  called?: ScriptResult;
}
