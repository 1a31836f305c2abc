import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';
import { foundationErrors } from './errors.ts';

/**
 * Checks a parsed configuration against a strict schema (style 14).
 *
 * @param name What is being read, with its file: `layout images/layouts/headless.yaml`.
 * @param locate Gives the place of a path in the source (`line 12`), when the format keeps lines.
 * @throws FOUNDATION_CONFIG_INVALID naming every wrong place; for an unknown key also the nearest known one.
 */
export function parseConfig<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  name: string,
  locate: (path: readonly PropertyKey[]) => string | undefined = () => undefined,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => describeIssue(issue, schema, locate));
  throw foundationErrors.FOUNDATION_CONFIG_INVALID({ tried: `read ${name}`, got: problems.join('; ') });
}

type Issue = z.core.$ZodIssue;

function describeIssue(
  issue: Issue,
  schema: z.ZodType,
  locate: (path: readonly PropertyKey[]) => string | undefined,
): string[] {
  if (issue.code !== 'unrecognized_keys') return [sentence(issue.path, issue.message, locate)];
  const known = knownKeys(schema, issue.path);
  return issue.keys.map((key) => {
    const hint = known.length === 0 ? '' : `, did you mean "${closest(key, known)}"?`;
    return sentence([...issue.path, key], `unknown key${hint}`, locate);
  });
}

function sentence(
  path: readonly PropertyKey[],
  problem: string,
  locate: (path: readonly PropertyKey[]) => string | undefined,
): string {
  const place = [locate(path), path.map(String).join('.')].filter(Boolean).join(', ');
  return place === '' ? problem : `${place}: ${problem}`;
}

/** The keys that the object at `path` of the schema may have; none when that place is not a plain object. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let place: unknown = schema;
  for (const step of path) {
    place = typeof step === 'number' ? unwrap(place).element : unwrap(place).shape?.[step];
  }
  return Object.keys(unwrap(place).shape ?? {});
}

interface SchemaPart {
  shape?: Record<PropertyKey, unknown>;
  element?: unknown;
}

function unwrap(schema: unknown): SchemaPart {
  let part = schema as SchemaPart & { unwrap?: () => unknown };
  while (part && part.shape === undefined && typeof part.unwrap === 'function') {
    if (part.element !== undefined) break;
    part = part.unwrap() as typeof part;
  }
  return part ?? {};
}
