import { readFile } from 'node:fs/promises';
import { errorMessage } from '../../../foundation/index.ts';
import { scriptErrors } from '../errors.ts';

export interface ManifestLine {
  path: string;
  sha256: string;
}

/**
 * Reads a list of files with their hashes, in the format of `sha256sum` (GNU coreutils, "cksum output modes"): a
 * backslash at the beginning says that the name has escapes.
 *
 * @throws SCRIPT_FILE_MISSING when it cannot be read, is empty, or has a line of another form.
 */
export async function readManifestFile(path: string): Promise<ManifestLine[]> {
  const unusable = (got: string, cause?: unknown) =>
    scriptErrors.SCRIPT_FILE_MISSING({ tried: 'read a list of hashes', where: path, got }, cause);
  const text = await readFile(path, 'utf8').catch((error) => {
    throw unusable(errorMessage(error), error);
  });
  const found = text.split('\n').flatMap((line, index) => {
    if (line === '') return [];
    const [, escaped, sha256, name] = /^(\\?)([0-9a-fA-F]{64}) [ *](.+)$/.exec(line) ?? [];
    if (sha256 === undefined || name === undefined) throw unusable(`line ${index + 1}: ${line}`);
    return [{ path: escaped ? unescaped(name) : name, sha256: sha256.toLowerCase() }];
  });
  if (found.length === 0) throw unusable('no line at all');
  return found;
}

function unescaped(name: string): string {
  return name.replace(/\\([\\nr])/g, (_, letter) => ({ n: '\n', r: '\r' })[letter as string] ?? '\\');
}
