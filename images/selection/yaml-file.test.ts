import { join } from 'node:path';
import t from 'tap';
import { z } from 'zod';
import { readYamlFile } from './yaml-file.ts';

const schema = z.strictObject({
  name: z.string(),
  parts: z.array(z.strictObject({ path: z.string() })).default([]),
});

async function problemOf(text: string): Promise<{ code: string; message: string }> {
  const folder = t.testdir({ 'part.yaml': text });
  try {
    await readYamlFile(join(folder, 'part.yaml'), schema, 'part');
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('nothing was wrong');
}

t.test('a file that follows its schema is read', async (t) => {
  const folder = t.testdir({ 'part.yaml': 'name: a\nparts:\n  - path: /b\n' });
  t.same(await readYamlFile(join(folder, 'part.yaml'), schema, 'part'), {
    name: 'a',
    parts: [{ path: '/b' }],
  });
});

t.test('text that is no YAML is refused with its line', async (t) => {
  const problem = await problemOf('name: a\nparts: [1, 2\nmore: b\n');
  t.equal(problem.code, 'IMAGES_TEXT_INVALID');
  t.match(problem.message, /part\.yaml:\d/);
});

t.test('a wrong value is named with its line', async (t) => {
  const problem = await problemOf('name: a\n\nparts:\n  - path: /b\n  - path: 3\n');
  t.equal(problem.code, 'FOUNDATION_CONFIG_INVALID');
  t.match(problem.message, 'line 5, parts.1.path');
});

t.test('a value that begins on a later line is named with the line of its key', async (t) => {
  t.match((await problemOf('name: a\nparts:\n\n  x: 1\n')).message, 'line 2, parts');
});

t.test('an unknown key is named with its line and the nearest known one', async (t) => {
  const problem = await problemOf('name: a\nparst: []\n');
  t.match(problem.message, 'line 2, parst: unknown key, did you mean "parts"?');
});

t.test('a missing key is named even where there is no line for it', async (t) => {
  t.match((await problemOf('parts: []\n')).message, 'name');
});
