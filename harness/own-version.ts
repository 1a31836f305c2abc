import { readFile } from 'node:fs/promises';

/** The version of this Assay, as its package.json has it. */
export async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return JSON.parse(text).version;
}
