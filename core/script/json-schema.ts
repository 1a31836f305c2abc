import { z } from 'zod';
import { knownKinds, type StepKindOptions } from './call-step.ts';
import { scriptSchema } from './script-schema.ts';

/** A JSON Schema, or a part of one. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * The JSON Schema (2020-12) of scripts, for editors: completion, descriptions, and marks below what is wrong (spec R5).
 * What may stand under `with` follows from `do`. Names that steps have of each other are not in it; {@link readScript}
 * checks those, too.
 */
export function scriptJsonSchema(kinds: readonly StepKindOptions[]): JsonSchema {
  const all = [...knownKinds(kinds).values()];
  const schema = ofInput(scriptSchema);
  const step = (schema.properties!.steps as JsonSchema).items as JsonSchema;
  const does = all.map(({ name, summary }) => ({ const: name, description: summary }));
  step.properties!.do = { description: 'What the step does.', type: 'string', oneOf: does };
  step.properties!.with = { description: 'Options of the kind of step.', type: 'object' };
  step.allOf = all.map(optionsByKind);
  return { title: 'A script of the recovery medium of Assay', ...schema };
}

/** The schema of the options of one kind, as they are written. */
export function optionsJsonSchema({ options }: StepKindOptions): JsonSchema {
  const { $schema: _, ...schema } = ofInput(options);
  return schema;
}

/** `with` may be left out where nothing has to stand under it. */
function optionsByKind(kind: StepKindOptions): JsonSchema {
  const needsOptions = !kind.options.safeParse({}).success;
  const options = { properties: { with: optionsJsonSchema(kind) } };
  return {
    if: { properties: { do: { const: kind.name } }, required: ['do'] },
    // biome-ignore lint/suspicious/noThenProperty: it is a keyword of JSON Schema.
    then: needsOptions ? { ...options, required: ['with'] } : options,
  };
}

/** What a file holds: texts such as `10m`, not what becomes of them. A form that JSON Schema cannot say is left open. */
function ofInput(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' });
}
