import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { parseConfig } from '../../../foundation/index.ts';
import { parseYaml } from '../../script/yaml-source.ts';
import { knownStateErrors } from '../errors.ts';

/**
 * Reads a text file of settings by its strict schema; an empty one has the defaults.
 *
 * @returns null when there is no such file.
 * @throws FOUNDATION_CONFIG_INVALID naming keys and lines, KNOWN_STATE_SETTINGS_INVALID when it is no YAML or cannot be
 * read.
 */
export async function readSettingsFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema> | null> {
  const text = await readOptional(path);
  if (text === null) return null;
  const source = parseYaml(text);
  if (source.problems.length > 0) {
    const got = source.problems
      .map((problem) => `line ${problem.line}: ${problem.text}`)
      .join('\n            ');
    throw knownStateErrors.KNOWN_STATE_SETTINGS_INVALID({ tried: `read ${path}`, where: path, got });
  }
  return parseConfig(schema, source.value ?? {}, path, (place) => `line ${source.lineOf(place)}`);
}

async function readOptional(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A folder that is a file, as on a data partition that holds something else, has no settings either.
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw knownStateErrors.KNOWN_STATE_SETTINGS_INVALID(
      { tried: `read ${path}`, where: path, got: message },
      error,
    );
  }
}
