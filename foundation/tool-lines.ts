import { execa } from 'execa';
import { exitCodeOf, type ToolOptions } from './run-tool.ts';
import { toolEnvironment } from './tool-path.ts';

/**
 * Runs a program of the host and gives the lines of its standard output as they come, without line breaks; however
 * many there are, few of them are in memory at once. The program is ended when nobody wants the rest.
 *
 * @throws what `runTool` throws, after the last line.
 */
export async function* toolLines(
  name: string,
  toolArguments: readonly string[],
  { acceptExitCodes, env = {}, cwd, signal }: Omit<ToolOptions, 'input' | 'sandbox'> = {},
): AsyncGenerator<string> {
  const tool = execa(name, toolArguments, {
    stdin: 'ignore',
    // Standard error is kept for the error's text; standard output only goes through.
    buffer: { stdout: false },
    cwd,
    cancelSignal: signal,
    env: { ...env, ...toolEnvironment },
    reject: false,
  });
  const lines = tool[Symbol.asyncIterator]();
  let isAtEnd = false;
  try {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) break;
      yield value;
    }
    isAtEnd = true;
  } finally {
    if (!isAtEnd) {
      // First of all: to close the lines waits for the program's end.
      tool.kill();
      await lines.return?.(undefined);
    }
  }
  const result = await tool;
  exitCodeOf(name, toolArguments, result, acceptExitCodes);
}
