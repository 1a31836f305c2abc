import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { knownStateErrors } from '../errors.ts';

const askEveryMs = 50;

/**
 * Does something that no two programs of this machine may do at once. A lock whose program is gone does not count.
 *
 * @param tried What is to be done, for the error.
 * @param waitMs How long others are waited for.
 * @throws KNOWN_STATE_BUSY when another one holds it still.
 */
export async function withLock<Result>(
  path: string,
  { tried, waitMs }: { tried: string; waitMs: number },
  work: () => Promise<Result>,
): Promise<Result> {
  await mkdir(dirname(path), { recursive: true });
  const endMs = performance.now() + waitMs;
  while (!(await take(path))) {
    if (performance.now() >= endMs) {
      const got = `process ${(await holderOf(path)) ?? 'unknown'} is at it`;
      throw knownStateErrors.KNOWN_STATE_BUSY({ tried, where: path, got });
    }
    await pause(askEveryMs);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  const ownPath = `${path}.${randomUUID()}`;
  await writeFile(ownPath, String(process.pid));
  try {
    // Unlike a new file, a link has its content from the first moment on.
    await link(ownPath, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(ownPath, { force: true });
  }
  const holder = await holderOf(path);
  if (holder !== undefined && !existsSync(`/proc/${holder}`)) await rm(path, { force: true });
  return false;
}

/** Undefined when it has just been let go. */
async function holderOf(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
