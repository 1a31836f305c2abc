import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { diskProfileJsonSchema, type JsonSchema } from './disk-profile-json-schema.ts';
import { schemaProblems } from './fixtures/schema-problems.ts';
import { exampleProfilePath } from './profile-reference.ts';

const schema = diskProfileJsonSchema();

t.test('the published schema is that of the profile', async (t) => {
  const file = 'harness/validation/profile/disk-profile.schema.json';
  const published = await readFile(join(import.meta.dirname, 'disk-profile.schema.json'), 'utf8');
  t.same(
    JSON.parse(published),
    schema,
    `renew it: ./assay validate --schema > ${file} && npx biome format --write ${file}`,
  );
});

t.test('editors see what is written, not what becomes of it', async (t) => {
  t.match(schema, {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...{ type: 'object', required: ['format'], additionalProperties: false },
    properties: {
      machine: {
        properties: {
          memory: { type: 'string', default: '1GiB', pattern: /KiB\|MiB/, examples: ['512B'] },
          dataDisks: { type: 'array', default: [], items: { type: 'string' } },
        },
      },
      console: { properties: { prompt: { type: 'string', default: '/[#$] $/' } } },
      limits: { properties: { ready: { type: 'string', default: '10min', pattern: /ms\|s\|min\|h/ } } },
      recovery: { items: { properties: { within: { type: 'string', default: '8min' } } } },
    },
  });
});

t.test('every key says what it is for', async (t) => {
  const undescribed = (name: string, part: JsonSchema): string[] => [
    ...Object.entries(part.properties ?? {}).flatMap(([key, inner]) => [
      ...((inner as JsonSchema).description ? [] : [`${name}.${key}`]),
      ...undescribed(`${name}.${key}`, inner as JsonSchema),
    ]),
    ...(part.items === undefined ? [] : undescribed(`${name}[]`, part.items as JsonSchema)),
    ...((part.anyOf ?? []) as JsonSchema[]).flatMap((inner) => undescribed(name, inner)),
  ];
  t.same(undescribed('', schema), []);
});

t.test('the example agrees with it, and mistakes do not', async (t) => {
  const example = parse(await readFile(exampleProfilePath, 'utf8'));
  t.same(schemaProblems(example, schema), []);
  const mistakes: [string, object][] = [
    ['.machin: unknown', { machin: {} }],
    ['.machine.memory: does not follow', { machine: { memory: '1GB' } }],
    ['.machine.memory: not string', { machine: { memory: 1024 } }],
    ['.machine.cpus: out of range', { machine: { cpus: 65 } }],
    ['.machine.firmware: none of bios,uefi', { machine: { firmware: 'efi' } }],
    ['.ready[0]: 2 keys', { ready: [{ tcp: 22, console: 'x' }] }],
    ['.ready: a list', { ready: [] }],
    ['.limits.ready: does not follow', { limits: { ready: '10 minutes' } }],
    ['.shutDown: fits no alternative', { shutDown: 'button' }],
    [
      '.identities.add[0]: fits 2 alternatives',
      { identities: { add: [{ name: 'a', file: '/a', command: 'b' }] } },
    ],
    ['.partitions[0].role: missing', { partitions: [{ number: 1 }] }],
  ];
  for (const [problem, wrong] of mistakes) {
    const [found = '', ...others] = schemaProblems({ ...example, ...wrong }, schema);
    t.ok(found.startsWith(problem), `${problem}: ${found}`);
    t.same(others, []);
  }
  const { format: _, ...without } = example;
  t.same(schemaProblems(without, schema), ['.format: missing']);
});
