import { join } from 'node:path';
import t from 'tap';
import { layoutFile } from './build-template.ts';
import { readProfile, referenceHardware } from './profile.ts';

t.test('a folder without a profile, or with an empty one, is about the reference appliance', async (t) => {
  const folder = t.testdir({ 'empty.yaml': '# nothing yet\n' });
  for (const name of ['assay.yaml', 'empty.yaml']) {
    t.same(readProfile(join(folder, name)), {
      layoutPath: layoutFile('headless'),
      licenceKeysPath: undefined,
      systems: {},
      hardware: referenceHardware,
    });
  }
});

t.test('what it says is taken, paths from where it lies', async (t) => {
  const profile = `
appliance:
  layout: layouts/mine.yaml
  licenceKeys: keys.yaml
  recipesFolder: recipes
  componentsFolder: components
  components: [driver-ahci]
  hardware: { product: Gateway 3, memoryMiB: 768 }
`;
  const folder = t.testdir({
    ...{ 'assay.yaml': profile, layouts: { 'mine.yaml': '' }, 'keys.yaml': '' },
    ...{ recipes: {}, components: {} },
  });
  t.same(readProfile(join(folder, 'assay.yaml')), {
    layoutPath: join(folder, 'layouts/mine.yaml'),
    licenceKeysPath: join(folder, 'keys.yaml'),
    systems: {
      recipesFolder: join(folder, 'recipes'),
      extraComponentsFolder: join(folder, 'components'),
      extraComponents: ['driver-ahci'],
    },
    hardware: { ...referenceHardware, product: 'Gateway 3', memoryMiB: 768 },
  });
});

t.test('what is wrong is named with its line', async (t) => {
  const wrong: [profile: string, got: RegExp][] = [
    ['appliance:\n  hardwear: {}\n', /line 2, appliance\.hardwear: unknown key, did you mean "hardware"\?/],
    [
      'appliance:\n  hardware:\n    memoryMib: 512\n',
      /line 3, .*memoryMib: unknown key, did you mean "memoryMiB"\?/,
    ],
    ['appliance:\n  layout: headles\n', /line 2, .*no layout headles, did you mean "headless"\?/],
    ['appliance:\n  layout: mine.yaml\n', /line 2, .*mine\.yaml is not there/],
    ['appliance: { licenceKeys: keys.yaml }', /line 1, appliance\.licenceKeys: it is not there/],
    ['appliance: {', /./],
    ['applianse: {}', /did you mean "appliance"\?/],
  ];
  for (const [index, [text, got]] of wrong.entries()) {
    const folder = t.testdir({ 'assay.yaml': text });
    const read = async () => readProfile(join(folder, 'assay.yaml'));
    const thrown = await read().catch((error: unknown) => error);
    t.match(thrown, { blame: 'usage', facts: { got } }, `${index}`);
  }
});
