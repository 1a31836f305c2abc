import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { completedManifest, manifestIn } from './completed-manifest.ts';

const template = {
  name: 'gateway',
  type: 'module',
  scripts: { test: 'assay run', list: 'assay list' },
  devDependencies: { assay: '0.1.0', typescript: '>=5.9' },
};

t.test('what is there stays, what is missing comes', async (t) => {
  const present = { dependencies: { assay: 'file:assay.tgz' }, scripts: { test: 'mine' }, license: 'MIT' };
  t.same(completedManifest(present, template), {
    ...{ name: 'gateway', type: 'module', license: 'MIT' },
    scripts: { test: 'mine', list: 'assay list' },
    dependencies: { assay: 'file:assay.tgz' },
    devDependencies: { typescript: '>=5.9' },
  });
});

t.test('only an object of JSON can be completed', async (t) => {
  const folder = t.testdir();
  t.equal(manifestIn(join(folder, 'package.json')), undefined, 'not there');
  for (const text of ['no JSON', '[]', 'null', '"text"']) {
    await writeFile(join(folder, 'package.json'), text);
    t.equal(manifestIn(join(folder, 'package.json')), undefined, text);
  }
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  t.same(manifestIn(join(folder, 'package.json')), { private: true });
});
