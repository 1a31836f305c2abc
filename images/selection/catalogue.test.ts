import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { readCatalogue, readRecipe, selectComponents } from './catalogue.ts';

const recipesPath = join(import.meta.dirname, '..', 'recipes');

t.test('every component of the catalogue can be read and its needs exist', async (t) => {
  const catalogue = await readCatalogue();
  t.ok(catalogue.size > 15);
  t.doesNotThrow(() => selectComponents(catalogue, [...catalogue.keys()], 'all'));
  for (const [name, component] of catalogue)
    t.ok(component.sourcePath.endsWith(`/${name}.yaml`), `${name} is in its file`);
});

t.test('every recipe can be read and its components exist', async (t) => {
  const catalogue = await readCatalogue();
  for (const file of await readdir(recipesPath)) {
    const recipe = await readRecipe(file.replace('.yaml', ''));
    const names = [recipe.kernel, ...recipe.initramfs, ...recipe.root];
    t.doesNotThrow(() => selectComponents(catalogue, names, file), file);
  }
});

t.test('what a component needs comes before it, and once', async (t) => {
  const extra = t.testdir({
    'one.yaml': 'name: one\ndescription: a\nneeds: [three, two]\n',
    'two.yaml': 'name: two\ndescription: b\nneeds: [three]\n',
    'three.yaml': 'name: three\ndescription: c\n',
  });
  const selected = selectComponents(await readCatalogue(extra), ['one', 'two'], 'test');
  t.same(
    selected.map((component) => component.name),
    ['three', 'two', 'one'],
  );
});

t.test('components that need each other are selected once each', async (t) => {
  const extra = t.testdir({
    'one.yaml': 'name: one\ndescription: a\nneeds: [two]\n',
    'two.yaml': 'name: two\ndescription: b\nneeds: [one]\n',
  });
  t.equal(selectComponents(await readCatalogue(extra), ['one'], 'test').length, 2);
});

t.test('an unknown component is refused with the nearest name and who wants it', async (t) => {
  const catalogue = await readCatalogue();
  t.throws(() => selectComponents(catalogue, ['bysubox'], 'recipe x'), {
    code: 'IMAGES_COMPONENT_UNKNOWN',
    message: /select bysubox for recipe x.*busybox/s,
  });
});

t.test('an unknown recipe is refused with those that exist', async (t) => {
  await t.rejects(readRecipe('primry'), {
    code: 'IMAGES_RECIPE_UNKNOWN',
    message: /bench, emergency, primary/,
  });
});

t.test("a user's component with a name of the catalogue is refused", async (t) => {
  const extra = t.testdir({ 'mine.yaml': 'name: busybox\ndescription: mine\n' });
  await t.rejects(readCatalogue(extra), { code: 'IMAGES_COMPONENT_TWICE', message: /mine\.yaml/ });
});

t.test('a path with .. is refused', async (t) => {
  const extra = t.testdir({ 'bad.yaml': 'name: bad\ndescription: x\nlinks:\n  /usr/../x: y\n' });
  await t.rejects(readCatalogue(extra), { code: 'FOUNDATION_CONFIG_INVALID' });
});
