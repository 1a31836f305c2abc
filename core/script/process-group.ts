import type { ChildProcess } from 'node:child_process';

/** From the request to end to the order. */
const graceMs = 2000;

/** How long output is still waited for when the program has ended and left something in the background that holds it. */
const outputMs = 500;

/**
 * Waits for the end of a program and of its output.
 *
 * @returns its exit code, or the signal that ended it.
 * @throws what kept it from starting.
 */
export async function untilEnded(child: ChildProcess): Promise<number | string> {
  const { promise, resolve, reject } = Promise.withResolvers<number | string>();
  let timer: NodeJS.Timeout | undefined;
  child.on('error', reject);
  child.on('close', (code, signal) => resolve(code ?? signal ?? 'no exit code'));
  child.on('exit', (code, signal) => {
    timer = setTimeout(() => resolve(code ?? signal ?? 'no exit code'), outputMs);
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

/**
 * Ends the process group of a program, which has to be its own (`detached`), when the signal is aborted: asks it to, and
 * makes it 2 seconds later.
 *
 * @returns what is to be called when the program has ended; it makes children end that did not at the request.
 */
export function endGroupWith(child: ChildProcess, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    signalGroup(child, 'SIGTERM');
    timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
  };
  signal.addEventListener('abort', end, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    if (signal.aborted) signalGroup(child, 'SIGKILL');
  };
}

/** Does nothing when nobody is left. */
export function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
