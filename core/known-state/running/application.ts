import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { AssayError, errorMessage } from '../../../foundation/index.ts';
import { type RunProgram, runProgram } from '../../script/run-program.ts';
import { knownStateErrors } from '../errors.ts';
import { within } from './within.ts';

/** The application of a system image: two programs that may be missing, `start` and `health`. */
export interface Application {
  /** Fulfilled with how it ended: `exit code 1`. Pending for ever where there is no `start`. */
  ended: Promise<string>;
  /**
   * Asks how it is; where there is no `health`, it is well as long as it runs.
   *
   * @throws KNOWN_STATE_APPLICATION_FAILED with the end of what `health` printed.
   */
  check(deadlineMs: number): Promise<void>;
  /** Ends `start` and what it has started: asked first, made to when `graceMs` are over. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Starts the application of a folder. What it prints goes to the console.
 *
 * @throws KNOWN_STATE_APPLICATION_FAILED when `start` is there and cannot be started.
 */
export async function startApplication(folder: string, run: RunProgram = runProgram): Promise<Application> {
  const [startPath, healthPath] = [join(folder, 'start'), join(folder, 'health')];
  const hasHealth = await isProgram(healthPath);
  const started = (await isProgram(startPath)) ? await start(startPath) : undefined;
  const ended = started?.ended ?? new Promise<never>(() => {});
  return {
    ended,
    async check(deadlineMs) {
      if (hasHealth) await askHealth(healthPath, deadlineMs, run);
    },
    async stop(graceMs) {
      if (started === undefined) return;
      signalAll(started.child, 'SIGTERM');
      const isOver = await Promise.race([ended.then(() => true), after(graceMs, false)]);
      // Also those that `start` has left behind.
      signalAll(started.child, 'SIGKILL');
      if (!isOver) await Promise.race([ended, after(graceMs, '')]);
    },
  };
}

async function isProgram(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

interface Started {
  child: ChildProcess;
  ended: Promise<string>;
}

/** In a process group of its own, so that it can be ended with all that it has started. */
async function start(path: string): Promise<Started> {
  const child = spawn(path, [], { stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  child.on('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  const { promise: spawned, resolve: onSpawn, reject } = Promise.withResolvers<void>();
  child.on('spawn', onSpawn);
  child.on('error', (error) => reject(failed(`start ${path}`, error.message, error)));
  await spawned;
  return { child, ended };
}

async function askHealth(path: string, deadlineMs: number, run: RunProgram): Promise<void> {
  // At its deadline it is ended; one that waits for a disk that hangs cannot be, and is left behind.
  const asked = run(path, [], { signal: AbortSignal.timeout(deadlineMs) });
  try {
    await within(deadlineMs + endingMs, path, asked);
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    const words = error instanceof AssayError ? (error.facts.got ?? error.message) : errorMessage(error);
    throw failed(
      'ask the application how it is',
      isLate ? `no answer within ${deadlineMs} ms` : words,
      error,
    );
  }
}

/** Ending a program takes 2 seconds at most, where it can be ended. */
const endingMs = 3000;

function failed(tried: string, got: string, cause: unknown): AssayError {
  return knownStateErrors.KNOWN_STATE_APPLICATION_FAILED({ tried, got }, cause);
}

function signalAll({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid!, signal);
  } catch {
    // Nobody of the group is left.
  }
}

async function after<Value>(delayMs: number, value: Value): Promise<Value> {
  const { promise, resolve } = Promise.withResolvers<Value>();
  setTimeout(resolve, delayMs, value).unref();
  return await promise;
}
