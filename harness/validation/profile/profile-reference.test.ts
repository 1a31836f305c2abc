import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { parsePlannedFault } from '../../drills/fault-plan.ts';
import { readDiskProfile } from './disk-profile.ts';
import { diskProfileJsonSchema, type JsonSchema } from './disk-profile-json-schema.ts';
import { exampleProfilePath, profileReferenceMarkdown } from './profile-reference.ts';

t.test('docs/profile.md is what the schema says', async (t) => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/profile.md'), 'utf8');
  t.equal(
    page,
    profileReferenceMarkdown(),
    'renew it: ./assay validate --schema --markdown > docs/profile.md',
  );
});

t.test('the example is a profile with every key, and its faults are in the catalogue', async (t) => {
  const profile = await readDiskProfile(exampleProfilePath);
  t.equal(profile.machine.memory, 2 * 1024 ** 3);
  t.same(profile.console?.prompt, /nas:~# $/);
  for (const { damage } of profile.recovery) for (const text of damage) t.ok(parsePlannedFault(text), text);
  const example: unknown = parse(await readFile(exampleProfilePath, 'utf8'));
  t.same(missingKeys('', diskProfileJsonSchema(), [example]), []);
});

/** Keys of a schema that none of the values has. */
function missingKeys(name: string, schema: JsonSchema, values: readonly unknown[]): string[] {
  if (schema.items !== undefined) return missingKeys(`${name}[]`, schema.items as JsonSchema, values.flat());
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const below = values.flatMap((value) => {
      const one = (value as Record<string, unknown>)[key];
      return one === undefined ? [] : [one];
    });
    return below.length === 0
      ? [`${name}.${key}`]
      : missingKeys(`${name}.${key}`, inner as JsonSchema, below);
  });
}
