import { dirname, join } from 'node:path';
import { runTool } from '../foundation/index.ts';
import { benchErrors } from './errors.ts';
import { shellWord } from './shell-word.ts';
import { runTimedScript } from './timed-script.ts';

/** What one reading by Assay was. */
export interface InspectedOnce {
  /** From opening the disk to its digest and all findings. */
  tookMs: number;
  digest: string;
  dataBlocks: number;
  readBytes: number;
  holeBytes: number;
  /** The most memory that its process ever had, with Node and all. */
  peakResidentBytes: number;
}

/**
 * Reads a disk once by Assay, in a process of its own.
 *
 * @throws BENCH_NOT_MEASURED when it did not read all of the disk's data.
 */
export async function runInspection(
  path: string,
  { dataBytes, sizeBytes }: { dataBytes: number; sizeBytes: number },
  signal: AbortSignal,
): Promise<InspectedOnce> {
  const program = join(import.meta.dirname, 'inspect-program.ts');
  const { stdout } = await runTool(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', program, path],
    {
      signal,
    },
  );
  const inspected: InspectedOnce = JSON.parse(stdout);
  const { readBytes, holeBytes, peakResidentBytes } = inspected;
  const hasReadAll = readBytes >= dataBytes && readBytes + holeBytes === sizeBytes;
  if (hasReadAll && peakResidentBytes > 0) return inspected;
  throw benchErrors.BENCH_NOT_MEASURED({
    tried: `inspect ${path}`,
    where: path,
    expected: `at least ${dataBytes} bytes read, and ${sizeBytes} with the holes`,
    got: stdout,
  });
}

/** Hashes a file by a program that everybody has. @returns milliseconds from its start to its end. */
export async function runHashing(command: string, path: string, signal: AbortSignal): Promise<number> {
  return await runTimedScript({
    scriptPath: join(dirname(path), 'hash.bash'),
    lines: [
      'set -eu',
      'start=$EPOCHREALTIME',
      `${command} ${shellWord(path)} >/dev/null`,
      'echo "$start $EPOCHREALTIME"',
    ],
    tried: `${command} ${path}`,
    signal,
  });
}

/** Has the next reading come from the disk. */
export async function dropFromCache(paths: readonly string[], signal: AbortSignal): Promise<void> {
  for (const path of paths) {
    // Node has no posix_fadvise; this is dd's own way of asking for POSIX_FADV_DONTNEED on a whole file.
    const words = [`if=${path}`, 'of=/dev/null', 'iflag=nocache', 'count=0', 'status=none'];
    await runTool('dd', words, { signal });
  }
}
