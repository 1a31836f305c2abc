import { ExecaError, execa } from 'execa';
import { foundationErrors } from './errors.ts';
import { findProgram, isOfSandbox, type SandboxLimits, sandboxed } from './sandbox.ts';
import { toolEnvironment, toolMissing } from './tool-path.ts';

export interface ToolOptions {
  cwd?: string;
  /** Text or bytes for standard input; without it, standard input is empty. */
  input?: string | Uint8Array;
  /** Added to the environment; `LC_ALL=C` and the system's sbin folders are always there. */
  env?: Record<string, string>;
  /** Exit codes that are no error (`e2fsck` says 1 when it has mended something). */
  acceptExitCodes?: readonly number[];
  signal?: AbortSignal;
  /** For one that parses somebody else's disk: it runs without privileges, within limits, and sees nothing of the environment. */
  sandbox?: ToolSandbox;
}

export interface ToolSandbox extends SandboxLimits {
  /** What it has to be able to read; root keeps one privilege where that is another user's. */
  imagePath: string;
}

export interface ToolResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/**
 * Runs a program of the host to its end.
 *
 * @throws FOUNDATION_TOOL_MISSING with the package that has it, FOUNDATION_DISK_FULL when it says so,
 * FOUNDATION_SANDBOX_FAILED, FOUNDATION_TOOL_FAILED with the end of what it printed; the signal's reason when it was aborted before.
 */
export async function runTool(
  name: string,
  toolArguments: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  const { acceptExitCodes, env = {}, input, cwd, signal, sandbox } = options;
  signal?.throwIfAborted();
  const [program, programArguments] =
    sandbox === undefined
      ? ([name, toolArguments] as const)
      : await sandboxed(await findProgram(name), toolArguments, sandbox.imagePath, sandbox);
  const result = await execa(program, programArguments, {
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    cwd,
    cancelSignal: signal,
    extendEnv: sandbox === undefined,
    env: { ...env, ...toolEnvironment },
    reject: false,
    stripFinalNewline: false,
  });
  if (sandbox !== undefined && isOfSandbox(result.exitCode ?? 0, result.stderr))
    throw foundationErrors.FOUNDATION_SANDBOX_FAILED({
      tried: `start ${name} without privileges`,
      got: result.stderr.trim(),
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

function failed(command: string, exitCode: number, output: string): Error {
  const facts = { tried: command, got: `exit code ${exitCode}: ${output.trim().slice(-2000)}` };
  return /no space left on device/i.test(output)
    ? foundationErrors.FOUNDATION_DISK_FULL(facts)
    : foundationErrors.FOUNDATION_TOOL_FAILED(facts);
}
