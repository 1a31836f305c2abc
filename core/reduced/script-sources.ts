import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AssayError, errorMessage, parseConfig } from '../../foundation/index.ts';
import { scriptErrors } from '../script/errors.ts';
import { parseYaml } from '../script/yaml-source.ts';
import type { SessionPlaces } from './session-places.ts';

const isHttp = (text: string) => /^https?:\/\//.test(text) && URL.canParse(text);

const scriptSource = z
  .string()
  .refine(
    (text) => text === 'medium' || text === 'removable' || isHttp(text),
    'must be medium, removable, or the address of a script such as http://10.0.0.1/script.yaml',
  );

const schema = z.strictObject({
  scripts: z
    .union([z.literal('none'), z.array(scriptSource)])
    .default(['medium', 'removable'])
    .transform((sources) => (sources === 'none' ? [] : sources)),
});

/**
 * Where scripts are looked for: what `medium.yaml` on the medium says, which may be missing, and the kernel's command line,
 * where `assay.script=URL` adds a script and `assay.scripts=none` turns all off (spec R5).
 *
 * @returns `medium`, `removable`, or HTTP addresses, in order.
 * @throws SCRIPT_MEDIUM_INVALID with the lines that are wrong.
 */
export function readScriptSources({ mediumFolder, procFolder }: SessionPlaces): readonly string[] {
  const { scripts } = readFile(join(mediumFolder, 'medium.yaml'));
  return withKernelArguments(scripts, readFileSync(join(procFolder, 'cmdline'), 'utf8'));
}

function readFile(path: string): z.output<typeof schema> {
  const invalid = (got: string, cause?: unknown) =>
    scriptErrors.SCRIPT_MEDIUM_INVALID({ tried: `read ${path}`, got }, cause);
  if (!existsSync(path)) return schema.parse({});
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw invalid(errorMessage(error), error);
  }
  const { value, lineOf, problems } = parseYaml(text);
  if (problems.length > 0) {
    throw invalid(problems.map((problem) => `line ${problem.line}: ${problem.text}`).join('; '));
  }
  try {
    // A file of nothing but comments is an empty one.
    return parseConfig(schema, value ?? {}, path, (place) => `line ${lineOf(place)}`);
  } catch (error) {
    if (error instanceof AssayError) throw invalid(error.facts.got ?? error.message, error);
    throw error;
  }
}

function withKernelArguments(scripts: readonly string[], commandLine: string): readonly string[] {
  const words = commandLine.trim().split(/\s+/);
  const invalid = (got: string, expected: string) =>
    scriptErrors.SCRIPT_MEDIUM_INVALID({ tried: 'read the arguments of the kernel', got, expected });
  const named = words.filter((word) => word.startsWith('assay.script=')).map((word) => word.slice(13));
  const wrong = named.find((text) => !isHttp(text));
  if (wrong !== undefined) throw invalid(`assay.script=${wrong}`, 'assay.script=http://…');
  const off = words.filter((word) => word.startsWith('assay.scripts=')).at(-1);
  if (off === undefined) return [...scripts, ...named];
  if (off !== 'assay.scripts=none') throw invalid(off, 'assay.scripts=none');
  return [];
}
