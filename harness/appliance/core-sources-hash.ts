import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const repositoryFolder = join(import.meta.dirname, '..', '..');

/**
 * SHA-256 over every source of the core, tests aside: it changes when anything changes by which templates and masters
 * are made. The npm package brings no sources but their hash, so its keys are those of the checkout it was packed from.
 */
export async function coreSourcesHash(): Promise<string> {
  const packed = await readFile(join(repositoryFolder, 'core', 'sources.sha256'), 'utf8').catch(
    () => undefined,
  );
  if (packed !== undefined) return packed.trim();
  return await sourcesHash(['core', 'foundation']);
}

/** SHA-256 over every file of folders of Assay, tests aside. */
export async function sourcesHash(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of folders) {
    for (const path of await sourcesBelow(folder)) {
      hash.update(`${path.slice(repositoryFolder.length)}\n`).update(await readFile(path));
    }
  }
  return hash.digest('hex');
}

async function sourcesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(join(repositoryFolder, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
