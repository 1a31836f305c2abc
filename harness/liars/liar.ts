import type { Outcome } from '../../reports/index.ts';
import type { Bench } from '../bench.ts';

/** What a run of a liar has to be judged to be; anything else is a false verdict. */
export interface Truth {
  outcome: Outcome;
  /** Any of them: where a busy host decides which is noticed first. None where it has to pass. */
  codes?: readonly string[];
  /** What the error has to name. */
  evidence?: RegExp;
}

/** One that tells an untruth, or looks as if it did: a guest, a line, a host. */
export interface Liar {
  name: string;
  /** What it does, in a sentence. */
  lie: string;
  /** Who really is to blame; nobody where it has to pass all the same. */
  blame: 'product' | 'harness' | 'host' | 'nobody';
  truth: Truth;
  /** What it is told to: a stream without a machine, or a machine. */
  on: 'stream' | 'machine';
  /** It can be told as root only: it needs a file system of its own. */
  needsRoot?: boolean;
  /** The run folder lies on a file system of this size. */
  runFolderBytes?: number;
  /** The ceiling of its scenario, in milliseconds; five minutes by default. */
  timeoutMs?: number;
  /** A scenario that meets the liar; what it throws is judged. */
  meet: (bench: Bench) => Promise<void>;
}
