import t from 'tap';
import { z } from 'zod';
import { describeSteps } from './describe-steps.ts';
import { fixtureKinds } from './fixtures/kinds.ts';
import { scriptJsonSchema } from './json-schema.ts';
import { stepKind } from './step-kind.ts';

t.test('the schema for editors says what there is, and what may stand under `with`', async (t) => {
  const schema = scriptJsonSchema(fixtureKinds);
  t.match(schema, {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    required: ['name', 'steps'],
    additionalProperties: false,
    properties: {
      end: { enum: ['prompt', 'restart', 'shut-down'], default: 'prompt', description: /succeeded/ },
    },
  });
  const { items: step } = schema.properties!.steps as unknown as { items: StepSchema };
  t.match(step, {
    required: ['name', 'do'],
    additionalProperties: false,
    properties: {
      do: {
        oneOf: [
          { const: 'say', description: 'write a line to the log' },
          { const: 'do-nothing' },
          { const: 'call' },
        ],
      },
      timeLimit: { type: 'string', pattern: '^[1-9]\\d*[smhd]$' },
    },
  });
  t.match(
    step.allOf.map((rule) => rule.if),
    [
      { properties: { do: { const: 'say' } } },
      { properties: { do: { const: 'do-nothing' } } },
      { properties: { do: { const: 'call' } } },
    ],
  );
  const follows = step.allOf.map((rule) => rule.then);
  t.same(
    follows.map(({ required }) => required),
    [['with'], undefined, ['with']],
    '`with` may be left out where it may be empty',
  );
  t.match(follows[0]!.properties.with, {
    required: ['text'],
    additionalProperties: false,
    properties: { text: { description: 'The line.' } },
  });
  t.equal(JSON.stringify(schema).split('$schema').length, 2, 'one schema, not schemas inside it');
});

interface StepSchema {
  allOf: { if: object; then: { required?: string[]; properties: { with: object } } }[];
}

const several = stepKind({
  name: 'several',
  summary: 'has forms',
  options: z.union([
    z.strictObject({ to: z.string(), command: z.string().describe('One line.') }),
    z.strictObject({
      to: z.string(),
      words: z.array(z.string()).optional(),
      count: z.union([z.int(), z.literal('all')]),
      disk: z.strictObject({ size: z.string() }),
    }),
  ]),
  async run() {},
});

t.test('kinds are described by name, with `call` among them', async (t) => {
  const described = describeSteps([several, ...fixtureKinds]);
  t.same(
    described.map(({ name }) => name),
    ['call', 'do-nothing', 'say', 'several'],
  );
  t.same(described[1]!.options, [{ name: 'how', required: false, form: 'well | badly' }]);
  t.same(described[2]!.options, [
    { name: 'text', required: true, form: 'text', description: 'The line.' },
    { name: 'times', required: false, form: 'whole number' },
  ]);
  t.same(described[3]!.options, [
    { name: 'to', required: true, form: 'text' },
    { name: 'command', required: false, form: 'text', description: 'One line.' },
    { name: 'words', required: false, form: 'list of text' },
    { name: 'count', required: false, form: 'whole number | all' },
    { name: 'disk', required: false, form: '{ size }' },
  ]);
});
