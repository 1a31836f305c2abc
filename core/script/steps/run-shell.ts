import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { scriptErrors } from '../errors.ts';
import { endGroupWith, untilEnded } from '../process-group.ts';
import type { StepContext } from '../step-kind.ts';

/** How many of the last lines an error tells. */
const toldLines = 10;

/**
 * Runs a text of the shell in a process group of its own, in the folder of the script. Unlike with `runProgram`, the lines
 * of both outputs are told as they come.
 *
 * @returns its exit code, which is the expected one.
 * @throws SCRIPT_PROGRAM_FAILED; the signal's reason when that was aborted.
 */
export async function runShell(
  command: string,
  expectedExitCode: number,
  { signal, scriptFolder, log }: Pick<StepContext, 'signal' | 'scriptFolder' | 'log'>,
): Promise<number> {
  signal.throwIfAborted();
  const lastLines: string[] = [];
  const child = spawn('sh', ['-c', command], {
    cwd: scriptFolder,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    tellLines(stream, (line) => {
      log(line);
      lastLines.push(line);
      if (lastLines.length > toldLines) lastLines.shift();
    });
  }
  const stop = endGroupWith(child, signal);
  const failed = (got: string, cause?: unknown) =>
    scriptErrors.SCRIPT_PROGRAM_FAILED(
      { tried: command.trim(), expected: `exit code ${expectedExitCode}`, got },
      cause,
    );
  try {
    const how = await untilEnded(child).catch((error: Error) => {
      throw failed(error.message, error);
    });
    signal.throwIfAborted();
    if (how === expectedExitCode) return how;
    const ended = typeof how === 'number' ? `exit code ${how}` : how;
    throw failed([ended, ...lastLines].join('\n            '));
  } finally {
    stop();
  }
}

/** A line without an end counts, too, and one that is no UTF-8 does no harm. */
function tellLines(stream: Readable, tell: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', tell);
}
