import { errorMessage } from '../../foundation/index.ts';
import { largestTakenBytes, pathOfImage, runDiskTool } from './disk-tool.ts';
import { witnessErrors } from './errors.ts';

export interface DebugfsRun {
  /** What each command printed, in their order. */
  answers: string[];
  /** Complaints of all commands together; debugfs ends with 0 whatever they were. */
  complaints: string;
}

/**
 * Runs commands of debugfs on an ext4 image. It is never started with `-w`, so it opens the image for reading only,
 * and always with `-c`, so that damaged bitmaps do not keep it from reading what is there.
 *
 * @param image A path, or `path?offset=bytes`.
 * @throws WITNESS_FILE_SYSTEM_UNREADABLE
 */
export async function runDebugfs(
  image: string,
  commands: readonly string[],
  signal?: AbortSignal,
): Promise<DebugfsRun> {
  const input = `${commands.join('\n')}\n`;
  const dumps = commands.some((command) => /^r?dump /.test(command));
  const options = { input, signal, ...(dumps ? { largestFileBytes: largestTakenBytes } : {}) };
  const words = ['-c', '-f', '-', image];
  const { stdout, stderr } = await runDiskTool(pathOfImage(image), 'debugfs', words, options).catch(
    (error) => {
      // A crash, or a limit: the disk has led it there.
      throw error.code === 'FOUNDATION_TOOL_FAILED' && !signal?.aborted ? unreadable(image, error) : error;
    },
  );
  const complaints = stderr.replace(/^debugfs \d.*\n/, '').trim();
  const answers: string[] = [];
  let at = 0;
  for (const [index, command] of commands.entries()) {
    // debugfs repeats every command before its answer.
    const begin = stdout.indexOf(`debugfs: ${command}\n`, at);
    if (begin === -1) throw unreadable(image, complaints || 'an answer of debugfs that cannot be understood');
    if (index > 0) answers.push(stdout.slice(at, begin));
    at = begin + `debugfs: ${command}\n`.length;
  }
  answers.push(stdout.slice(at));
  if (/Filesystem not open|while trying to open|while opening filesystem/.test(complaints)) {
    throw unreadable(image, complaints);
  }
  return { answers, complaints };
}

/**
 * The same, where every command has to work.
 *
 * @throws WITNESS_FILE_SYSTEM_UNREADABLE
 */
export async function askDebugfs(
  image: string,
  commands: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  if (commands.length === 0) return [];
  const { answers, complaints } = await runDebugfs(image, commands, signal);
  if (complaints !== '') throw unreadable(image, complaints);
  return answers;
}

/** @throws WITNESS_USAGE for a path that debugfs cannot be told */
export function quotePath(path: string): string {
  if (path.startsWith('/') && !/["\n\r\\]/.test(path)) return `"${path}"`;
  throw witnessErrors.WITNESS_USAGE({
    tried: `look at ${JSON.stringify(path)}`,
    expected: 'a path that begins with / and has no quotation marks, backslashes or line breaks in it',
  });
}

/** The error for a file system that a tool cannot make sense of. */
export function unreadable(image: string, got: unknown): Error {
  return witnessErrors.WITNESS_FILE_SYSTEM_UNREADABLE({
    tried: `read the file system in ${image}`,
    got: typeof got === 'string' ? got : errorMessage(got),
  });
}
