import { ExecaError, execa } from 'execa';
import { foundationErrors } from './errors.ts';
import { hostTools } from './host-tools.ts';

export interface ToolOptions {
  cwd?: string;
  /** Text or bytes for standard input; without it, standard input is empty. */
  input?: string | Uint8Array;
  /** Added to the environment; `LC_ALL=C` and the system's sbin folders are always there. */
  env?: Record<string, string>;
  /** Exit codes that are no error (`e2fsck` says 1 when it has mended something). */
  acceptExitCodes?: readonly number[];
  signal?: AbortSignal;
}

export interface ToolResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** sbin is not on everybody's PATH, and the file-system tools live there. */
export const toolPath = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`;

/** What every program of the host is told, whatever else. */
export const toolEnvironment = { LC_ALL: 'C', PATH: toolPath };

/**
 * Runs a program of the host to its end.
 *
 * @throws FOUNDATION_TOOL_MISSING with the package that has it, FOUNDATION_DISK_FULL when it says so,
 * FOUNDATION_TOOL_FAILED with the end of what it printed.
 */
export async function runTool(
  name: string,
  toolArguments: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  const { acceptExitCodes, env = {}, input, cwd, signal } = options;
  const result = await execa(name, toolArguments, {
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    cwd,
    cancelSignal: signal,
    env: { ...env, ...toolEnvironment },
    reject: false,
    stripFinalNewline: false,
  });
  const exitCode = exitCodeOf(name, toolArguments, result, acceptExitCodes);
  return { stdout: result.stdout, stderr: result.stderr, exitCode };
}

/** What a program has ended with. @throws as {@link runTool} does. */
export function exitCodeOf(
  name: string,
  toolArguments: readonly string[],
  result: { exitCode?: number; code?: string; stdout?: string; stderr?: string },
  acceptExitCodes: readonly number[] = [0],
): number {
  const { exitCode, stdout = '', stderr = '' } = result;
  const command = [name, ...toolArguments].join(' ');
  if (exitCode === undefined) throw notStarted(name, command, result);
  if (!acceptExitCodes.includes(exitCode)) throw failed(command, exitCode, `${stdout}${stderr}`);
  return exitCode;
}

function notStarted(name: string, command: string, result: { code?: string }): Error {
  if (result.code !== 'ENOENT') {
    const got = result instanceof ExecaError ? result.shortMessage : (result.code ?? 'ended by a signal');
    return foundationErrors.FOUNDATION_TOOL_FAILED({ tried: command, got }, result);
  }
  return toolMissing(name);
}

/** FOUNDATION_TOOL_MISSING of a program, or of a file by its absolute path, with the package that has it. */
export function toolMissing(name: string): Error {
  const debianPackage = hostTools.find((tool) => tool.name === name)?.debianPackage;
  return foundationErrors.FOUNDATION_TOOL_MISSING({
    ...(name.startsWith('/')
      ? { tried: 'read a file', where: name }
      : { tried: `start ${name}`, where: 'PATH' }),
    ...(debianPackage === undefined
      ? {}
      : { remedy: `apt-get install --no-install-recommends ${debianPackage}; in a checkout, ./setup` }),
  });
}

function failed(command: string, exitCode: number, output: string): Error {
  const facts = { tried: command, got: `exit code ${exitCode}: ${output.trim().slice(-2000)}` };
  return /no space left on device/i.test(output)
    ? foundationErrors.FOUNDATION_DISK_FULL(facts)
    : foundationErrors.FOUNDATION_TOOL_FAILED(facts);
}
