import t from 'tap';
import { runEventSchema } from './events.ts';
import { sampleEvents } from './test-data/sample-run.ts';

const note = { kind: 'note', atMs: 1, text: 'x' };

t.test('what was parsed is parsed to the same again, also after JSON', async (t) => {
  for (const event of sampleEvents) {
    t.strictSame(runEventSchema.parse(JSON.parse(JSON.stringify(event))), event);
  }
});

t.test('defaults are filled in', async (t) => {
  t.strictSame(runEventSchema.parse(note), { ...note, level: 'info' });
});

t.test('what does not follow the schema is refused', async (t) => {
  const wrong: Record<string, object> = {
    'an unknown kind': { ...note, kind: 'nonsense' },
    'an unknown key': { ...note, colour: 'red' },
    'no time': { kind: 'note', text: 'x' },
    'a time before the start': { ...note, atMs: -1 },
    'a number that JSON cannot hold': { kind: 'measure', atMs: 1, name: 'x', value: Number.NaN, unit: 's' },
    'an outcome that is none of the four': {
      kind: 'scenario-ended',
      atMs: 1,
      scenarioId: 'a',
      outcome: 'ok',
    },
    'an empty id': { kind: 'scenario-ended', atMs: 1, scenarioId: '', outcome: 'passed' },
  };
  for (const [what, event] of Object.entries(wrong)) {
    t.notOk(runEventSchema.safeParse(event).success, what);
  }
});

t.test('50 MB in any text of an error makes an event of less than 100 kB', async (t) => {
  const huge = 'x'.repeat(50_000_000);
  const one = { code: huge, blame: 'product', message: huge, remedy: huge, stack: huge };
  const facts = { tried: huge, expected: huge, got: huge, where: huge };
  const event = runEventSchema.parse({
    kind: 'step-ended',
    atMs: 1,
    ...{ scenarioId: 'a', stepId: 'b', outcome: 'failed', error: { ...one, facts } },
  });
  t.ok(JSON.stringify(event).length < 100_000);
  t.match(event, { error: { facts: { got: /characters and this mark cut/ } } });
});

t.test('of many console lines the last are kept, of many related errors the first', async (t) => {
  const related = Array.from({ length: 100 }, (_, index) => ({
    ...{ relation: 'caused by', code: `E${index}`, blame: 'host', message: 'x' },
  }));
  const event = runEventSchema.parse({
    ...{ kind: 'scenario-ended', atMs: 1, scenarioId: 'a', outcome: 'failed' },
    error: { code: 'E', blame: 'host', message: 'x', related },
    consoleTails: [{ machine: 'm', lines: Array.from({ length: 1_000 }, (_, index) => `line ${index}`) }],
  });
  if (event.kind !== 'scenario-ended') throw new Error('the kind changed');
  t.equal(event.consoleTails[0]?.lines.at(-1), 'line 999');
  t.equal(event.consoleTails[0]?.lines.length, 60);
  t.equal(event.error?.related?.[0]?.code, 'E0');
  t.equal(event.error?.related?.length, 12);
});
