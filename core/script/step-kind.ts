import type { z } from 'zod';

/**
 * Something that a step of a script can do (spec R5): `do: NAME`, and what stands under `with:`. A kind knows nothing of
 * order, conditions and time limits; those are the language's.
 */
export interface StepKind<Options extends z.ZodType = z.ZodType> {
  /** Words with hyphens: `start-network`. */
  name: string;
  /** One line, for the reference of steps and for editors. */
  summary: string;
  /** What stands under `with:`; strict, so that a misspelt key is found before the first step runs. */
  options: Options;
  /**
   * Does it. What it throws is the step's failure; it ends soon after `context.signal` is aborted.
   *
   * @returns Facts for the log, such as `{ sizeBytes: 1024 }`; nothing when there are none.
   */
  run(options: z.output<Options>, context: StepContext): Promise<StepFacts | undefined>;
}

export type StepFacts = Record<string, string | number | boolean>;

/** What a running step has around it. */
export interface StepContext {
  /** Aborted when the step's time is over, or the script is given up. */
  signal: AbortSignal;
  /** The name of the script that the step stands in. */
  scriptName: string;
  /** The folder of the script's file: paths in `with:` that are relative begin there. */
  scriptFolder: string;
  /** The folder under which the medium's own files lie, such as `/medium/assay`. */
  mediumFolder: string;
  /** One line on the console and in the script's log. */
  log(text: string): void;
  /**
   * Runs a program to its end and gives what it printed on standard output; ended with the step.
   *
   * @throws SCRIPT_PROGRAM_FAILED with its exit code and the end of what it printed.
   */
  runProgram(name: string, words: readonly string[]): Promise<string>;
}

/** Keeps the type of the options between schema and `run`. */
export function stepKind<Options extends z.ZodType>(kind: StepKind<Options>): StepKind<Options> {
  return kind;
}
