import type { Outcome } from '../reports/index.ts';
import type { Scenario } from './scenario.ts';

/** One scenario that is to be run once. */
export interface Attempt {
  /** Unique in the run, and a folder name: `damaged-root-recovers`, with --repeat `damaged-root-recovers.2`. */
  id: string;
  /** Unique in the run, short enough for the paths of sockets. */
  number: number;
  scenario: Scenario;
  /** The scenario's file, relative to the folder that the user stands in. */
  file: string;
  /** Counts from 1. */
  repeat: number;
  /** Of the same repeat; counts from 1, more only with --retries. */
  attempt: number;
}

export interface AttemptResult {
  id: string;
  name: string;
  outcome: Outcome;
}
