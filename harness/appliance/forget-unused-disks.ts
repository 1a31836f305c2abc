import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const unusedAfterMs = 7 * 24 * 3_600_000;

/**
 * Removes kept disks that nobody has used for a week: each change of the core makes new ones, of several hundred
 * megabytes. What another run is removing at the same time, or has just begun to use again, is left alone.
 *
 * @param parent A folder with one folder a key, each with a file `usedName` that is touched at every use.
 * @returns the names of what was removed.
 */
export async function forgetUnusedDisks(
  parent: string,
  usedName: string,
  nowMs = Date.now(),
): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(parent)) {
    const folder = join(parent, name);
    // What was never finished has no such file; its folder tells when it was begun.
    const facts = await stat(join(folder, usedName)).catch(() => stat(folder).catch(() => undefined));
    if (facts === undefined || nowMs - facts.mtimeMs < unusedAfterMs) continue;
    await rm(folder, { recursive: true, force: true });
    removed.push(name);
  }
  return removed;
}
