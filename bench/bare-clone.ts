import { join } from 'node:path';
import { shellWord } from './shell-word.ts';
import { runTimedScript } from './timed-script.ts';

export interface CloneSide {
  masterPath: string;
  targetPath: string;
  signal: AbortSignal;
}

/**
 * Clones without Assay, by a shell script: nbdcopy, fsync, both files dropped from the page cache, cmp. So cmp compares
 * what lies on the disk with what lies on the disk, as Assay does, which reads both past the page cache.
 *
 * @param folder For the script.
 * @param masterStaysCached Drops the copy alone: the master's second reading then comes from memory.
 * @returns milliseconds from nbdcopy's start to cmp's end.
 * @throws BENCH_NOT_MEASURED when one of the programs fails, or the copy differs.
 */
export async function runBareClone(
  folder: string,
  { masterPath, targetPath, signal }: CloneSide,
  { masterStaysCached = false } = {},
): Promise<number> {
  const [master, target] = [masterPath, targetPath].map(shellWord);
  const dropped = masterStaysCached ? [target] : [target, master];
  return await runTimedScript({
    scriptPath: join(folder, 'clone.bash'),
    lines: [
      'set -eu',
      'start=$EPOCHREALTIME',
      `nbdcopy ${master} ${target}`,
      `sync ${target}`,
      ...dropped.map((file) => `dd if=${file} of=/dev/null iflag=nocache count=0 status=none`),
      `cmp ${master} ${target}`,
      'echo "$start $EPOCHREALTIME"',
    ],
    tried: `clone ${masterPath}`,
    signal,
  });
}
