import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { parseRedundantLayout } from './redundant-layout.ts';
import { readNotifySettings } from './running/notify-settings.ts';
import { defaultServiceSettings, readServiceSettings } from './running/service-settings.ts';

/** The block of YAML on a page that has this text. */
async function exampleWith(page: string, text: string): Promise<string> {
  const blocks = [...(await readFile(page, 'utf8')).matchAll(/^```yaml\n(.*?)^```$/gms)];
  const found = blocks.map((match) => match[1]!).filter((block) => block.includes(text));
  if (found.length !== 1) throw new Error(`${found.length} examples of ${page} with "${text}"`);
  return found[0]!;
}

t.test('the layout on the page of layouts is the delivered one, and can be read', async (t) => {
  const text = await exampleWith('docs/layouts.md', 'name: redundant');
  const delivered = await readFile('images/layouts/redundant.yaml', 'utf8');
  t.equal(delivered.replace(/^#.*\n/gm, ''), text);
  t.equal(parseRedundantLayout(text, 'the page').disks.length, 2);
});

t.test('the settings on the page of the running system can be read, and its defaults are true', async (t) => {
  const folder = t.testdir();
  const page = 'docs/known-state.md';
  await writeFile(join(folder, 'service.yaml'), await exampleWith(page, 'readyWithin:'));
  t.same(await readServiceSettings(folder), defaultServiceSettings);
  const path = join(folder, 'notify.yaml');
  await writeFile(path, await exampleWith(page, 'webhook:'));
  const { settings, problems } = await readNotifySettings([path]);
  t.same(problems, []);
  t.match(settings, {
    candidates: ['system-1', 'system-2'],
    email: { server: 'mail.lan' },
    selfRepair: true,
  });
});
