import { spawn } from 'node:child_process';
import { scriptErrors } from './errors.ts';
import { endGroupWith, signalGroup, untilEnded } from './process-group.ts';

/** Runs a program to its end, or until the signal is aborted; gives what it printed on standard output. */
export type RunProgram = (
  name: string,
  words: readonly string[],
  options: { signal: AbortSignal },
) => Promise<string>;

/** What is printed is held in memory, of which a machine under repair may have little. */
const outputLimitCharacters = 16 * 1024 ** 2;

/**
 * Runs a program of the reduced operating system in a process group of its own. When the signal is aborted the whole
 * group is asked to end, and made to 2 seconds later.
 *
 * @throws SCRIPT_PROGRAM_FAILED with its exit code and the end of what it printed; the signal's reason when that was
 * aborted.
 */
export const runProgram: RunProgram = async (name, words, { signal }) => {
  signal.throwIfAborted();
  const tried = [name, ...words].join(' ');
  const failed = (got: string, cause?: unknown) => scriptErrors.SCRIPT_PROGRAM_FAILED({ tried, got }, cause);
  const child = spawn(name, words, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const output = { stdout: '', stderr: '' };
  let excess: Error | undefined;
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      if (excess !== undefined) return;
      output[stream] += text;
      if (output[stream].length <= outputLimitCharacters) return;
      excess = failed(`more than ${outputLimitCharacters} characters of output`);
      signalGroup(child, 'SIGKILL');
    });
  }
  const stop = endGroupWith(child, signal);
  try {
    const how = await untilEnded(child);
    signal.throwIfAborted();
    if (excess !== undefined) throw excess;
    if (how === 0) return output.stdout;
    const printed = `${output.stdout}${output.stderr}`.trim().slice(-1000);
    throw failed(
      `${typeof how === 'number' ? `exit code ${how}` : how}${printed === '' ? '' : `: ${printed}`}`,
    );
  } catch (error) {
    if (!isStartError(error)) throw error;
    throw failed(error.code === 'ENOENT' ? `there is no program ${name}` : error.message, error);
  } finally {
    stop();
  }
};

function isStartError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && String(error.syscall).startsWith('spawn');
}
