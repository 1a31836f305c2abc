import t from 'tap';
import { z } from 'zod';
import { parseConfig } from './parse-config.ts';

const schema = z.strictObject({
  name: z.string(),
  disks: z.array(z.strictObject({ path: z.string(), size: z.number().optional() })).optional(),
  nested: z.strictObject({ depth: z.number() }).default({ depth: 1 }),
});

function problemOf(value: unknown, locate?: (path: readonly PropertyKey[]) => string | undefined): string {
  try {
    parseConfig(schema, value, 'the test', locate);
  } catch (error) {
    return (error as { facts: { got: string } }).facts.got;
  }
  return 'none';
}

t.test('what is right comes back with its defaults', async (t) => {
  t.same(parseConfig(schema, { name: 'a' }, 'the test'), { name: 'a', nested: { depth: 1 } });
});

t.test('an unknown key is named, with the nearest known one', async (t) => {
  t.equal(problemOf({ name: 'a', dsiks: [] }), 'dsiks: unknown key, did you mean "disks"?');
  t.equal(
    problemOf({ name: 'a', nested: { depht: 1, depth: 2 } }),
    'nested.depht: unknown key, did you mean "depth"?',
  );
  t.equal(
    problemOf({ name: 'a', disks: [{ path: 'p', siez: 1 }] }),
    'disks.0.siez: unknown key, did you mean "size"?',
  );
});

t.test('every wrong place is named', async (t) => {
  t.match(problemOf({ name: 1, disks: [{ path: 2 }] }), /^name: .*; disks\.0\.path: /);
  t.match(problemOf(undefined), 'Invalid input');
});

t.test('places are those of the source where it has lines', async (t) => {
  t.match(
    problemOf({ name: 1 }, () => 'line 12'),
    /^line 12, name: /,
  );
});
