import { lstat, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { scriptErrors } from '../errors.ts';

/**
 * The place of a path inside a mounted file system, as a system that has it for its root would find it: links of that
 * system are followed there, absolute ones too, so that none leads into the medium's own system. What is not there is
 * simply appended.
 *
 * @returns A path in which no part is a link.
 * @throws SCRIPT_FILE_MISSING when links go round in a circle.
 */
export async function pathInside(root: string, path: string): Promise<string> {
  const left = path.split('/');
  let found: string[] = [];
  for (let links = 0; left.length > 0; ) {
    const part = left.shift()!;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      found.pop();
      continue;
    }
    const link = await linkAt(join(root, ...found, part));
    if (link === undefined) {
      found.push(part);
      continue;
    }
    links += 1;
    if (links > 40) {
      throw scriptErrors.SCRIPT_FILE_MISSING({
        tried: `follow ${path}`,
        got: 'links that go round in a circle',
      });
    }
    if (link.startsWith('/')) found = [];
    left.unshift(...link.split('/'));
  }
  return join(root, ...found);
}

async function linkAt(path: string): Promise<string | undefined> {
  const facts = await lstat(path).catch(() => undefined);
  return facts?.isSymbolicLink() ? await readlink(path) : undefined;
}
