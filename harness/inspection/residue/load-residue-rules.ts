import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closest } from 'fastest-levenshtein';
import { type Document, isMap, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { errorMessage, foundationErrors, parseConfig } from '../../../foundation/index.ts';
import { type ResidueRule, residueRuleSchema, switchedOffSchema } from './residue-rule.ts';

const builtInFolder = join(import.meta.dirname, 'rules');

/** Only the outermost level: each rule is checked by itself, so that what switches one off has a schema of its own. */
const fileSchema = z.strictObject({ rules: z.array(z.looseObject({ id: z.string() })) });

/**
 * The rules that come with Assay, and the user's own. A rule with the id of an earlier one takes its place; `{ id: …, off: true }` takes it out.
 *
 * @param paths YAML files of the user's, in the order in which they count.
 * @throws FOUNDATION_CONFIG_INVALID naming file, line and nearest key, also when a file cannot be read
 */
export async function loadResidueRules(paths: readonly string[] = []): Promise<ResidueRule[]> {
  const builtIn = (await readdir(builtInFolder)).filter((name) => name.endsWith('.yaml')).sort();
  const rules = new Map<string, ResidueRule>();
  for (const path of [...builtIn.map((name) => join(builtInFolder, name)), ...paths]) {
    addRules(rules, await readText(path), path);
  }
  return [...rules.values()];
}

/**
 * Adds the rules of one text to others.
 *
 * @param path Where the text is from, for messages.
 * @throws as {@link loadResidueRules}
 */
export function addRules(rules: Map<string, ResidueRule>, text: string, path: string): void {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [problem] = document.errors;
  if (problem !== undefined) {
    refuse(`line ${lines.linePos(problem.pos[0]).line}: ${problem.message.split('\n')[0]}`, path);
  }
  const locate = (place: readonly PropertyKey[]) => lineOf(document, lines, place);
  const name = `residue rules ${path}`;
  const { rules: given } = parseConfig(fileSchema, contentOf(document, path), name, locate);
  const own = new Set<string>();
  for (const [index, entry] of given.entries()) {
    const locateInRule = (place: readonly PropertyKey[]) => locate(['rules', index, ...place]);
    const nameOfRule = `rule ${JSON.stringify(entry.id)} of ${name}`;
    if (own.has(entry.id)) refuse(`${locateInRule(['id'])}: ${entry.id} is there twice`, path);
    own.add(entry.id);
    if (entry.off === undefined) {
      const rule = parseConfig(residueRuleSchema, entry, nameOfRule, locateInRule);
      rules.set(rule.id, rule);
      continue;
    }
    const { id } = parseConfig(switchedOffSchema, entry, nameOfRule, locateInRule);
    if (!rules.has(id)) {
      const nearest = rules.size === 0 ? '' : `, did you mean "${closest(id, [...rules.keys()])}"?`;
      refuse(`${locateInRule(['id'])}: there is no rule ${id} to switch off${nearest}`, path);
    }
    rules.delete(id);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return refuse(errorMessage(error), path);
  }
}

/** Aliases that grow without end are refused by the parser (`maxAliasCount`). */
function contentOf(document: Document, path: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    return refuse(errorMessage(error), path);
  }
}

function refuse(got: string, path: string): never {
  throw foundationErrors.FOUNDATION_CONFIG_INVALID({ tried: `read residue rules ${path}`, got });
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
