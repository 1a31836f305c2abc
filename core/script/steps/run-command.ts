import { z } from 'zod';
import { stepKind } from '../step-kind.ts';
import { runShell } from './run-shell.ts';

const options = z.strictObject({
  command: z
    .string()
    .min(1)
    .describe('Text for sh, of one or more lines; it runs in the folder of the script.'),
  expectExit: z.int().min(0).max(255).default(0).describe('The exit code of success.'),
});

/**
 * Runs a text of the shell, with what it prints in the log, line by line (spec R5).
 *
 * @throws SCRIPT_PROGRAM_FAILED when it ends otherwise than expected.
 */
export const runCommand = stepKind({
  name: 'run',
  summary: 'run commands of the shell',
  options,
  async run({ command, expectExit }, context) {
    return { exitCode: await runShell(command, expectExit, context) };
  },
});
