import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentOf, subMode, treeFiles } from '../trial-content.ts';

/** In memory; what lies there is not part of a trial. */
export const sources = '/tmp/trial-sources';

/** Makes the tree that trials archive, restore and copy, in memory. */
export async function makeTree(): Promise<string> {
  const tree = `${sources}/tree`;
  await mkdir(`${tree}/sub`, { recursive: true, mode: subMode });
  for (const name of treeFiles) await writeFile(join(tree, name), contentOf(name));
  return tree;
}
