import { spawn } from 'node:child_process';
import { coreErrors } from '../errors.ts';

/**
 * Runs a program of the appliance's operating system to its end. Each costs some hundredths of a second on slow
 * hardware; several commands in a row are cheaper as one `sh -c`.
 *
 * @returns What it printed on standard output.
 * @throws CORE_PROGRAM_FAILED with the end of what it printed.
 */
export async function runProgram(name: string, programArguments: readonly string[]): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const tried = [name, ...programArguments].join(' ');
  const child = spawn(name, programArguments, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  child.on('error', (error) => reject(coreErrors.CORE_PROGRAM_FAILED({ tried, got: error.message }, error)));
  child.on('close', (code, signal) => {
    if (code === 0) resolve(stdout);
    else {
      const output = `${stdout}${stderr}`.trim().slice(-1000);
      reject(coreErrors.CORE_PROGRAM_FAILED({ tried, got: `${signal ?? `exit code ${code}`}: ${output}` }));
    }
  });
  return await promise;
}
