import { knownKinds, type StepKindOptions } from './call-step.ts';
import { type JsonSchema, optionsJsonSchema } from './json-schema.ts';

/** A kind of step, for who writes scripts. */
export interface StepDescription {
  name: string;
  summary: string;
  options: readonly OptionDescription[];
}

export interface OptionDescription {
  name: string;
  required: boolean;
  /** What may stand there, in words: `text`, `true or false`, `list of text`, `gzip | none`, `{ atLeast, names }`. */
  form: string;
  description?: string;
}

/** The kinds of steps with their options, by name; `call`, which is the language's own, among them. Pure. */
export function describeSteps(kinds: readonly StepKindOptions[]): StepDescription[] {
  return [...knownKinds(kinds).values()]
    .map((kind) => ({
      name: kind.name,
      summary: kind.summary,
      options: describeOptions(optionsJsonSchema(kind)),
    }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** Where there are several forms, the options of all; then only those are required that no form can do without. */
function describeOptions(schema: JsonSchema): OptionDescription[] {
  const forms = [schema, ...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])] as JsonSchema[];
  const options = new Map<string, OptionDescription>();
  for (const form of forms as JsonSchema[]) {
    for (const [name, value] of Object.entries(form.properties ?? {})) {
      const required =
        (schema.required ?? []).includes(name) ||
        (choices.length > 0 && choices.every((choice) => (choice.required ?? []).includes(name)));
      options.set(name, describeOption(name, value as JsonSchema, required));
    }
  }
  return [...options.values()];
}

function describeOption(name: string, value: JsonSchema, required: boolean): OptionDescription {
  const { description } = value;
  return { name, required, form: formOf(value), ...(description !== undefined && { description }) };
}

const wordsOfTypes: Record<string, string> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  object: 'mapping',
  null: 'nothing',
};

function formOf(value: JsonSchema): string {
  if (value.const !== undefined) return String(value.const);
  if (value.enum !== undefined) return value.enum.join(' | ');
  const choices = value.anyOf ?? value.oneOf;
  if (choices !== undefined) return (choices as JsonSchema[]).map(formOf).join(' | ');
  if (value.type === 'array') return `list of ${formOf((value.items ?? {}) as JsonSchema)}`;
  if (value.properties !== undefined) return `{ ${Object.keys(value.properties).join(', ')} }`;
  return wordsOfTypes[String(value.type)] ?? 'anything';
}
