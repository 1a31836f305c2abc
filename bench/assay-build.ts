import { constants } from 'node:fs';
import { copyFile, cp, link, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { shellWord } from './shell-word.ts';
import { runTimedScript } from './timed-script.ts';

/**
 * Builds a recipe in a process of its own, started by a script that takes the time.
 *
 * @param folder For the script and, as `$XDG_CACHE_HOME`, for everything that is built.
 * @returns milliseconds from the start of the process to its end.
 * @throws BENCH_NOT_MEASURED when the build fails.
 */
export async function timeAssayBuild(folder: string, recipe: string, signal: AbortSignal): Promise<number> {
  const program = join(import.meta.dirname, 'build-program.ts');
  const words = [process.execPath, '--disable-warning=ExperimentalWarning', program, recipe];
  return await runTimedScript({
    scriptPath: join(folder, 'build.bash'),
    lines: [
      'set -eu',
      `export XDG_CACHE_HOME=${shellWord(folder)}`,
      'start=$EPOCHREALTIME',
      words.map(shellWord).join(' '),
      'echo "$start $EPOCHREALTIME"',
    ],
    tried: `build ${recipe}`,
    signal,
  });
}

/** A cache that has the packages of another one and nothing else: nothing unpacked, nothing built. */
export async function linkPackages(fromCachePath: string, toCachePath: string): Promise<void> {
  const [from, to] = [fromCachePath, toCachePath].map((path) => join(path, 'packages'));
  await mkdir(to!, { recursive: true });
  for (const name of await readdir(from!).catch(() => [])) {
    if (name.endsWith('.deb')) await linkOrCopy(join(from!, name), join(to!, name));
    // Which version stands in for a locked one that the archive does not have any more.
    if (name === 'substitutes') await cp(join(from!, name), join(to!, name), { recursive: true });
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to, constants.COPYFILE_FICLONE));
}
