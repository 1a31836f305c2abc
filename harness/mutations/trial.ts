import type { RecordedDisk } from './recorded-disk.ts';

/** Says what is wrong with a disk that a cut has left; nothing when it is legal. */
export type RawJudge = (disk: Buffer, acknowledged: readonly string[]) => string | undefined;

/** What a trial on a disk in memory begins with. */
export interface RawCase {
  base: Buffer;
  /** What the core does, as its callers ask for it. */
  act(disk: RecordedDisk): Promise<void>;
  judge: RawJudge;
}

/** A function of the core that writes to raw disks, run in this process. */
export interface RawTrial {
  name: string;
  /** The steps of `core/durability` that it comes to. */
  steps: readonly string[];
  /** So many and large writes that `npm test` does without it. */
  isSlow?: boolean;
  /** @param folder For files that it reads; its own. */
  make(folder: string): Promise<RawCase>;
}

/** What the explorer has found. */
export interface TrialOutcome {
  trial: string;
  /** Null when nothing was left out. */
  step: string | null;
  /** How often the step was left out. */
  leftOut: number;
  points: number;
  /** States that differ. */
  states: number;
  judged: number;
  failures: number;
  /** The first state that is not legal. */
  caughtBy?: { state: string; report: string };
}
