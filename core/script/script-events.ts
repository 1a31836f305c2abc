import { AssayError, errorMessage } from '../../foundation/index.ts';
import type { ScriptEnd, StepOutcome } from './script-schema.ts';
import type { StepFacts } from './step-kind.ts';

/**
 * What happens while a script runs, as plain objects that can be written as JSON. Steps of called scripts are named with
 * the steps that called them: `rest/copy`; a called script has the name of its step in `step`.
 */
export type ScriptEvent = { /** Since the outermost script began. */ atMs: number } & (
  | { type: 'script-started'; script: string; path: string; step?: string; steps: readonly string[] }
  | { type: 'step-started'; step: string; do: string }
  | { type: 'step-log'; step: string; text: string }
  | {
      type: 'step-ended';
      step: string;
      do: string;
      outcome: StepOutcome;
      /** Why it was skipped. */
      reason?: string;
      error?: Failure;
      facts?: StepFacts;
      durationMs: number;
    }
  | {
      type: 'script-ended';
      script: string;
      step?: string;
      outcome: 'succeeded' | 'failed';
      error?: Failure;
      /** What is to happen to the machine now; only the outermost script has a say in it. */
      end?: ScriptEnd;
      durationMs: number;
    }
);

/** An error as plain data. */
export interface Failure {
  message: string;
  /** Of errors that Assay knows: where they are explained, and what to do. */
  code?: string;
  remedy?: string;
}

/** The words of whatever a step threw. */
export function describeFailure(error: unknown): Failure {
  if (!(error instanceof AssayError)) return { message: errorMessage(error) };
  const { message, code, remedy } = error;
  return { message, code, remedy };
}
