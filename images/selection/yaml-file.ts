import { readFile } from 'node:fs/promises';
import { type Document, isMap, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { parseConfig } from '../../foundation/index.ts';
import { imagesErrors } from '../errors.ts';

/**
 * Reads a YAML file and checks it against a strict schema; whatever is wrong is named with its line.
 *
 * @param what What the file is, for messages: `component`.
 * @throws IMAGES_TEXT_INVALID when it is not YAML, FOUNDATION_CONFIG_INVALID when it does not follow the schema.
 */
export async function readYamlFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
  what: string,
): Promise<z.output<Schema>> {
  return parseYamlText(await readFile(path, 'utf8'), path, schema, what);
}

/**
 * The same for a text that was read already.
 *
 * @param path Where it comes from, for messages.
 * @throws as {@link readYamlFile}.
 */
export function parseYamlText<Schema extends z.ZodType>(
  text: string,
  path: string,
  schema: Schema,
  what: string,
): z.output<Schema> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [problem] = document.errors;
  if (problem !== undefined) {
    throw imagesErrors.IMAGES_TEXT_INVALID({
      tried: `read ${what} ${path}`,
      where: `${path}:${lines.linePos(problem.pos[0]).line}`,
      got: problem.message.split('\n')[0],
    });
  }
  return parseConfig(schema, document.toJS(), `${what} ${path}`, (place) => lineOf(document, lines, place));
}

/** The line of the nearest node that exists on the way to `place`; keys count as theirs. */
function lineOf(document: Document, lines: LineCounter, place: readonly PropertyKey[]): string | undefined {
  for (let length = place.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(place.slice(0, length - 1), true);
    const key = place[length - 1];
    const pair = isMap(parent) ? parent.items.find((item) => String(item.key) === String(key)) : undefined;
    const node = pair?.key ?? document.getIn(place.slice(0, length), true);
    const range = (node as { range?: readonly number[] | null } | undefined)?.range;
    if (range?.[0] !== undefined) return `line ${lines.linePos(range[0]).line}`;
  }
  return undefined;
}
