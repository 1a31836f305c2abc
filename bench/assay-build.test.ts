import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { linkPackages } from './assay-build.ts';

t.test('packages and what stands in for them come along, and nothing that was made from them', async (t) => {
  const folder = t.testdir({
    full: {
      packages: { 'a.deb': 'a', unpacked: { a: {} }, substitutes: { 'b.json': '{}' }, 'c.deb.damaged': '' },
      images: { x: {} },
      stripped: { y: '' },
    },
  });
  await linkPackages(join(folder, 'full'), join(folder, 'new'));
  const place = (name: string) => join(folder, 'new', name);
  t.equal(await readFile(place('packages/a.deb'), 'utf8'), 'a');
  t.equal((await stat(place('packages/a.deb'))).nlink, 2, 'shared, not copied');
  t.ok(existsSync(place('packages/substitutes/b.json')));
  for (const name of ['packages/unpacked', 'packages/c.deb.damaged', 'images', 'stripped'])
    t.notOk(existsSync(place(name)), name);
});

t.test('a cache that is not there yet has no packages', async (t) => {
  const folder = t.testdir({});
  await linkPackages(join(folder, 'none'), join(folder, 'new'));
  t.ok(existsSync(join(folder, 'new', 'packages')));
});
