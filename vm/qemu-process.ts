import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Deadline, foundationErrors } from '../foundation/index.ts';
import { vmErrors } from './errors.ts';

/** How a QEMU ended. */
export interface QemuExit {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
}

export interface QemuProcess {
  readonly pid: number;
  readonly exited: Promise<QemuExit>;
  /** SIGKILL, and proof that the process is gone. @throws VM_QEMU_NOT_ENDED */
  kill: () => Promise<void>;
  /** The end of what QEMU printed. */
  printed: () => Promise<string>;
}

const endTimeoutMs = 10_000;

/**
 * A QEMU that cannot outlive the runner: the kernel kills it when the thread that started it ends (PR_SET_PDEATHSIG,
 * set by setpriv). The shell in between closes the race in which the runner is gone before that was set.
 */
const guardScript = '[ "$PPID" = "$1" ] || exit 99; shift; exec "$@"';

/**
 * Starts QEMU in a process group of its own (Ctrl-C on the terminal is for the runner) with its messages in
 * `logPath`. Only from the main thread: the kill follows the thread.
 *
 * @throws FOUNDATION_TOOL_MISSING when there is no QEMU or no setpriv.
 */
export async function startQemu(
  program: string,
  qemuArguments: readonly string[],
  logPath: string,
): Promise<QemuProcess> {
  const guard = ['--pdeathsig', 'KILL', '--', 'sh', '-c', guardScript, 'guard', String(process.pid), program];
  const log = openSync(logPath, 'a', 0o600);
  const child = spawn('setpriv', [...guard, ...qemuArguments], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const exited = exitOf(child);
  await startOf(child);
  return {
    pid: child.pid!,
    exited,
    kill: () => kill(child, exited),
    printed: async () => (await readFile(logPath, 'utf8')).slice(-4000).trim(),
  };
}

function exitOf(child: ChildProcess): Promise<QemuExit> {
  const { promise, resolve } = Promise.withResolvers<QemuExit>();
  child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }));
  return promise;
}

async function startOf(child: ChildProcess): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.once('spawn', resolve);
  child.once('error', (cause) => {
    reject(
      foundationErrors.FOUNDATION_TOOL_MISSING(
        {
          tried: 'start setpriv',
          where: 'PATH',
          got: cause.message,
          remedy: 'apt-get install --no-install-recommends util-linux',
        },
        cause,
      ),
    );
  });
  await promise;
}

async function kill(child: ChildProcess, exited: Promise<QemuExit>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await Deadline.after(endTimeoutMs).race(exited, 'end QEMU', () =>
    vmErrors.VM_QEMU_NOT_ENDED({
      tried: `kill QEMU, process ${child.pid}`,
      expected: `its end within ${endTimeoutMs} ms`,
    }),
  );
}
