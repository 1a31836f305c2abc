import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const repositoryFolder = join(import.meta.dirname, '..', '..');

/**
 * A key that changes when anything changes that a template or a master is made from: the operating systems, the
 * layout, and every source of the core.
 */
export async function inputsKey(layoutPath: string, systemHashes: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const systemHash of systemHashes) hash.update(`${systemHash}\n`);
  const sources = await Promise.all(['core', 'foundation'].map((folder) => sourcesBelow(folder)));
  for (const path of [...sources.flat(), layoutPath]) {
    hash.update(`${path.slice(repositoryFolder.length)}\n`).update(await readFile(path));
  }
  return hash.digest('hex').slice(0, 32);
}

async function sourcesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(join(repositoryFolder, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
