import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { coreErrors } from '../errors.ts';
import type { ResolvedLayout } from '../layout/resolve-layout.ts';

/** Feeds the timer that the master boot record has set going. */
export interface Watchdog {
  /**
   * The machine is well: the timer begins anew. Call it well within the layout's seconds.
   *
   * @throws CORE_WATCHDOG_FAILED when the feeding program has ended.
   */
  feed(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Where the factory puts the program that feeds; feed-watchdog.S says why there is one. */
export const watchdogFeederPath = '/usr/libexec/assay/feed-watchdog';

/** Writing here starts an IB700's timer, or starts it anew. */
export const watchdogPort = 0x443;

/** The value that stands for a time: 15 is none, each less is two seconds more. */
export function watchdogValue({ seconds }: { seconds: number }): number {
  return 15 - Math.floor(seconds / 2);
}

/**
 * Opens the watchdog of this machine (spec M10: a start that hangs is a failed start); one that does nothing when the
 * layout has none. Letting it go does not stop the timer: who stops feeding is restarted.
 *
 * @throws CORE_WATCHDOG_FAILED when the feeding program cannot be started.
 */
export async function openWatchdog(
  { watchdog }: Pick<ResolvedLayout, 'watchdog'>,
  feederPath: string = watchdogFeederPath,
): Promise<Watchdog> {
  if (watchdog === undefined) return { feed: () => {}, [Symbol.asyncDispose]: async () => {} };
  const feeder = spawn(feederPath, [], { stdio: ['pipe', 'ignore', 'inherit'] });
  const tried = `run ${feederPath}`;
  try {
    await once(feeder, 'spawn');
  } catch (error) {
    throw coreErrors.CORE_WATCHDOG_FAILED({ tried }, error);
  }
  // A pipe that broke is seen by the next feeding; it must not end the process that feeds.
  feeder.stdin.on('error', () => {});
  return {
    feed() {
      if (feeder.exitCode !== null || feeder.signalCode !== null) {
        const got = `it ended with ${feeder.exitCode ?? feeder.signalCode}`;
        throw coreErrors.CORE_WATCHDOG_FAILED({ tried, got });
      }
      feeder.stdin.write('\n');
    },
    async [Symbol.asyncDispose]() {
      const ended = feeder.exitCode !== null || feeder.signalCode !== null;
      feeder.stdin.end();
      if (!ended) await once(feeder, 'exit');
    },
  };
}
