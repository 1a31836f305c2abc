import { spawn } from 'node:child_process';
import { foundationErrors } from '../../foundation/index.ts';
import { exitCodes } from '../exit-code.ts';

/** One run of the same command line in a process of its own. Disposing ends it, if need be at once. */
export interface WatchedRun extends AsyncDisposable {
  readonly isRunning: boolean;
  /** Its exit code; 130 where a signal ended it. */
  readonly ended: Promise<number>;
  /** As Ctrl-C does: the first ends it cleanly, the second at once. */
  interrupt(): void;
}

/**
 * The kernel ends the run when this process is gone, however it went (PR_SET_PDEATHSIG, set by setpriv). The shell in
 * between closes the race in which this process is gone before that was set.
 */
const guardScript = '[ "$PPID" = "$1" ] || exit 130; shift; exec "$@"';

/**
 * Starts `assay` anew with these words. It has a process group of its own, so that a Ctrl-C reaches it once, from here.
 *
 * @throws FOUNDATION_TOOL_MISSING (by `ended`) when there is no setpriv.
 */
export function startRun(words: readonly string[]): WatchedRun {
  const guard = ['--pdeathsig', 'KILL', '--', 'sh', '-c', guardScript, 'guard', String(process.pid)];
  const own = [process.execPath, ...process.execArgv, process.argv[1]!];
  const child = spawn('setpriv', [...guard, ...own, ...words], {
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const send = (signal: NodeJS.Signals) => {
    if (isRunning()) child.kill(signal);
  };
  const ended = new Promise<number>((resolve, reject) => {
    child.once('exit', (exitCode) => resolve(exitCode ?? exitCodes.interrupted));
    child.once('error', (cause) => reject(toolMissing(cause)));
  });
  ended.catch(() => {});
  // It has no terminal of its own that would tell it.
  const onResize = () => send('SIGWINCH');
  process.stdout.on('resize', onResize);
  return {
    get isRunning() {
      return isRunning();
    },
    ended,
    interrupt: () => send('SIGINT'),
    [Symbol.asyncDispose]: async () => {
      process.stdout.off('resize', onResize);
      send('SIGKILL');
      await ended.catch(() => {});
    },
  };
}

function toolMissing(cause: Error): Error {
  const remedy = 'apt-get install --no-install-recommends util-linux';
  return foundationErrors.FOUNDATION_TOOL_MISSING(
    { tried: 'start setpriv', where: 'PATH', got: cause.message, remedy },
    cause,
  );
}
