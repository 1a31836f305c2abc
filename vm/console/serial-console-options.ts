import type { ConsoleRecorder } from './console-recorder.ts';
import type { ConsoleSign } from './console-watch.ts';
import type { Redactor } from './redactor.ts';
import type { ShellLoop } from './shell-session.ts';

export interface SerialConsoleOptions {
  /** How errors name it: `console of machine alpha`. */
  name: string;
  recorder?: ConsoleRecorder;
  /** Multiplies every deadline, for slow hosts. */
  timeoutScale?: number;
  /** Secrets that never reach recordings or errors. */
  redactor?: Redactor;
  /** Awaited before a secret is typed: what was not redacted so far has to be from now on. */
  beforeSecret?: (secret: string) => Promise<void>;
  /**
   * Asked when a wait is over: whether the machine itself still runs, and got its share of the host since then (on the
   * clock of performance.now()). Gives the error to report instead, if any.
   */
  diagnose?: (sinceMs: number) => Promise<Error | undefined>;
  /** Why the stream has closed, from whoever knows; by default VM_CONSOLE_CLOSED. */
  closedBecause?: () => Promise<Error>;
  /** Where the state of its command loop is kept, for who has to know it; one that is ready is gone on with. */
  shellLoop?: ShellLoop;
  /** Everything that was printed, as text without secrets. */
  onText?: (text: string) => void;
  onSign?: (sign: ConsoleSign) => void;
  onMatch?: (match: { expected: string; view: string }) => void;
}

/** How a wait of `console.expect` ends when nothing comes. */
export interface ExpectOptions {
  /** Milliseconds, before the time-out scale; 30 000 by default. */
  timeoutMs?: number;
  /** `fails` (default): a kernel panic ends the wait. `is-noted`: the scenario wants one. */
  panic?: 'fails' | 'is-noted';
  /**
   * `is-noted` (default): a guest that restarts by itself meanwhile is named when the wait is over. `fails`: it ends the
   * wait, so that what the next start prints is not taken for what was expected of this one.
   */
  restart?: 'fails' | 'is-noted';
}
