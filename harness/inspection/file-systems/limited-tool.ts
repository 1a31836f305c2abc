import { execa } from 'execa';
import {
  findProgram,
  foundationErrors,
  isOfSandbox,
  sandboxed,
  toolPath,
  usualSandboxLimits,
} from '../../../foundation/index.ts';
import { type ToolLimits, usualToolLimits } from './limits.ts';
import type { ToolFolder } from './tool-folder.ts';

/** How a run ended. */
export interface LimitedRun {
  /** Null when it was ended by a limit, or by a signal of its own (a crash). */
  exitCode: number | null;
  /** What ended it before its time: `900 s of time`, `SIGSEGV`; undefined when it came to its end. */
  endedBy?: string;
  /** The kind of the limit that ended it: of time, or of output; no crash is one. */
  limit?: 'time' | 'output';
  /** At most `limits.outputBytes`; cut where the tool was ended. */
  stdout: Buffer;
  stderr: string;
}

/**
 * Runs a tool that parses somebody else's disk: without privileges, with limits of memory, time, open files and output, with nothing of the caller's
 * environment, and unable to write any file. It is started in `folder`, where the image has the name {@link imageName}.
 *
 * That a tool is ended by a limit, or crashes, is a result like any other.
 *
 * @throws FOUNDATION_TOOL_MISSING, FOUNDATION_SANDBOX_FAILED when it cannot be started at all; the signal's reason.
 */
export async function runLimitedTool(
  name: string,
  toolArguments: readonly string[],
  folder: ToolFolder,
  limits: ToolLimits = usualToolLimits,
): Promise<LimitedRun> {
  const [program, programArguments] = await sandboxed(
    await findProgram(name),
    toolArguments,
    folder.imagePath,
    { ...usualSandboxLimits, ...limits, fileBytes: 0 },
  );
  const result = await execa(program, programArguments, {
    cwd: folder.path,
    stdin: 'ignore',
    encoding: 'buffer',
    extendEnv: false,
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: toolPath },
    maxBuffer: limits.outputBytes,
    timeout: limits.wallClockMs,
    killSignal: 'SIGKILL',
    ...(limits.signal === undefined ? {} : { cancelSignal: limits.signal }),
    reject: false,
    stripFinalNewline: false,
  });
  limits.signal?.throwIfAborted();
  const output = { stdout: bufferOf(result.stdout), stderr: bufferOf(result.stderr).toString('utf8') };
  const end = endOf(result, limits);
  if (end !== undefined) return { exitCode: null, ...end, ...output };
  if (result.exitCode === undefined || isOfSandbox(result.exitCode, output.stderr)) {
    const got = result.exitCode === undefined ? result.code : output.stderr.trim();
    throw foundationErrors.FOUNDATION_SANDBOX_FAILED({ tried: `start ${name} without privileges`, got });
  }
  return { exitCode: result.exitCode, ...output };
}

/** Without a copy: a listing has some ten mebibytes. */
function bufferOf(bytes: Uint8Array | undefined): Buffer {
  return bytes === undefined
    ? Buffer.alloc(0)
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface Ended {
  timedOut: boolean;
  isMaxBuffer: boolean;
  signal?: string;
}

function endOf(
  { timedOut, isMaxBuffer, signal }: Ended,
  limits: ToolLimits,
): Pick<LimitedRun, 'endedBy' | 'limit'> | undefined {
  const processor = `its limit of ${limits.processorSeconds} s of processor time`;
  if (timedOut) return { endedBy: `its limit of ${limits.wallClockMs / 1000} s`, limit: 'time' };
  if (isMaxBuffer) return { endedBy: `its limit of ${limits.outputBytes} bytes of output`, limit: 'output' };
  if (signal === 'SIGXCPU') return { endedBy: processor, limit: 'time' };
  // The hard limit of processor time is the same as the soft one, and kills.
  if (signal === 'SIGKILL') return { endedBy: `${processor}, or the host`, limit: 'time' };
  if (signal === 'SIGXFSZ') return { endedBy: 'an attempt to write a file (SIGXFSZ)' };
  return signal === undefined ? undefined : { endedBy: signal };
}
