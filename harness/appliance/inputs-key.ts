import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { coreSourcesHash } from './core-sources-hash.ts';

/**
 * A key that changes when anything changes that a template or a master is made from: the operating systems, the
 * layout, and every source of the core.
 */
export async function inputsKey(layoutPath: string, systemHashes: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const text of [...systemHashes, await coreSourcesHash()]) hash.update(`${text}\n`);
  hash.update(await readFile(layoutPath));
  return hash.digest('hex').slice(0, 32);
}
