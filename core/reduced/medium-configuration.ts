import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AssayError, errorMessage, parseConfig } from '../../foundation/index.ts';
import { scriptErrors } from '../script/errors.ts';
import { defaultAgentPort } from '../script/remote/script-package.ts';
import { parseYaml } from '../script/yaml-source.ts';
import type { SessionPlaces } from './session-places.ts';

const isHttp = (text: string) => /^https?:\/\//.test(text) && URL.canParse(text);

const scriptSource = z
  .string()
  .refine(
    (text) => text === 'medium' || text === 'removable' || isHttp(text),
    'must be medium, removable, or the address of a script such as http://10.0.0.1/script.yaml',
  );

/** What the medium says of the agent; the path of the key begins at the medium's own files. */
const agentSchema = z.strictObject({
  key: z.string().min(1).default('agent.key'),
  port: z.int().min(1).max(65535).default(defaultAgentPort),
  /** Asks a DHCP server for an address on each card, beside the one that the card gives itself. */
  dhcp: z.boolean().default(false),
});

const schema = z.strictObject({
  agent: agentSchema.optional(),
  scripts: z
    .union([z.literal('none'), z.array(scriptSource)])
    .default(['medium', 'removable'])
    .transform((sources) => (sources === 'none' ? [] : sources)),
});

export type AgentConfiguration = z.output<typeof agentSchema>;

export interface MediumConfiguration {
  /** `medium`, `removable`, or HTTP addresses, in order. */
  scripts: readonly string[];
  /** Without it the machine takes no scripts from others. */
  agent?: AgentConfiguration;
}

/**
 * What `medium.yaml` on the medium says, which may be missing, and the kernel's command line: `assay.script=URL` adds a
 * script and `assay.scripts=none` turns all off (spec R5), `assay.agent` turns the agent on, with a key `agent.key` where
 * the file says nothing of it, and `assay.agent=none` off (spec R10).
 *
 * @throws SCRIPT_MEDIUM_INVALID with the lines that are wrong.
 */
export function readMediumConfiguration({ mediumFolder, procFolder }: SessionPlaces): MediumConfiguration {
  const { scripts, agent } = readFile(join(mediumFolder, 'medium.yaml'));
  const words = readFileSync(join(procFolder, 'cmdline'), 'utf8').trim().split(/\s+/);
  const wanted = agentWith(words, agent);
  return { scripts: scriptsWith(words, scripts), ...(wanted && { agent: wanted }) };
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

function scriptsWith(words: readonly string[], scripts: readonly string[]): readonly string[] {
  const named = words.filter((word) => word.startsWith('assay.script=')).map((word) => word.slice(13));
  const wrong = named.find((text) => !isHttp(text));
  if (wrong !== undefined) throw invalidArgument(`assay.script=${wrong}`, 'assay.script=http://…');
  const off = words.findLast((word) => word.startsWith('assay.scripts='));
  if (off === undefined) return [...scripts, ...named];
  if (off !== 'assay.scripts=none') throw invalidArgument(off, 'assay.scripts=none');
  return [];
}

function agentWith(words: readonly string[], agent: AgentConfiguration | undefined) {
  const word = words.findLast((one) => /^assay\.agent(=|$)/.test(one));
  if (word === undefined) return agent;
  if (word === 'assay.agent=none') return undefined;
  if (word !== 'assay.agent') throw invalidArgument(word, 'assay.agent, or assay.agent=none');
  return agent ?? agentSchema.parse({});
}

function invalidArgument(got: string, expected: string): Error {
  return scriptErrors.SCRIPT_MEDIUM_INVALID({ tried: 'read the arguments of the kernel', got, expected });
}
