import type { Options } from 'yargs';

/** The options and positional words of one command, as yargs hands them over. */
export type Words = Record<string, unknown>;

/** One command of the command line; each lies in a file of its own in `commands/`. */
export interface Command {
  /** yargs' form: `run [names..]`. */
  usage: string;
  summary: string;
  /** Beside `--json` and `--help`, which every command has. */
  options: Record<string, Options>;
  /** Pairs of a command line and what it does. */
  examples: readonly (readonly [line: string, effect: string])[];
  /** Commands of this command, `assay report show`. */
  subcommands?: readonly Command[];
  /** It does something by itself, too: `assay build`, beside `assay build medium`. Else a subcommand has to be named. */
  runsByItself?: boolean;
  /** @returns the exit code. */
  run(words: Words): Promise<number>;
}
