import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { readScript } from './read-script.ts';
import { stepKinds } from './steps/index.ts';

const page = await readFile('docs/scripts.md', 'utf8');
const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map((match) => match[1]!);
const scripts = new Map(
  blocks.flatMap((block) => {
    const name = /^name: (\S+)$/m.exec(block)?.[1];
    return block.startsWith('name:') && name !== undefined ? [[`${name}.yaml`, block] as const] : [];
  }),
);

t.test('every script of the page is good', async (t) => {
  t.ok(scripts.size > 3, 'they are found');
  const folder = t.testdir();
  // They call each other by these names.
  for (const [name, text] of scripts) await writeFile(join(folder, name), text);
  for (const name of scripts.keys()) {
    await t.resolves(readScript(join(folder, name), stepKinds), name);
  }
});

t.test('every kind of step is in the table', async (t) => {
  const table = page.slice(page.indexOf('\n## Steps\n'), page.indexOf('\n## Where scripts are found'));
  for (const { name } of stepKinds) t.match(table, `| \`${name}\` |`);
});
