import t from 'tap';
import { z } from 'zod';
import { faultLayers } from '../fault-declaration.ts';
import { faultCatalogue } from './index.ts';

t.test('the declaration of every fault is sound', async (t) => {
  const names = faultCatalogue.map(({ name }) => name);
  t.equal(new Set(names).size, names.length, 'each name is there once');
  for (const fault of faultCatalogue) {
    await t.test(fault.name, async (t) => {
      t.match(fault.name, /^[a-z]+(-[a-z]+)*$/);
      for (const sentence of [fault.summary, fault.proves]) {
        t.match(sentence, /^[a-z].*[^.!\s]$/, 'it begins small and has no full stop');
        t.notMatch(sentence, /\n|\. /, 'it is one sentence');
      }
      const { success } = fault.parameters.safeParse({});
      t.ok(success, 'its name alone is a fault');
      const { properties = {} } = z.toJSONSchema(fault.parameters, { io: 'input' });
      for (const [name, property] of Object.entries(properties)) {
        t.match((property as { description?: string }).description, /^\S.*[^.\s]$/, `parameter ${name}`);
        t.match(name, /^[a-zA-Z]+$/, 'it can be written in a plan');
      }
      t.notOk('machine' in properties || 'disk' in properties, 'these two are the plan’s');
    });
  }
});

t.test('every layer has faults, and they stand in the order of the layers', async (t) => {
  const layers = faultCatalogue.map(({ layer }) => faultLayers.indexOf(layer));
  t.same(
    layers,
    layers.toSorted((one, other) => one - other),
  );
  t.same(new Set(layers), new Set(faultLayers.keys()));
});

t.test('what is damaged at rest is damaged while nobody uses it, and in motion by the runner', async (t) => {
  for (const { name, layer, when, disk } of faultCatalogue) {
    if (layer === 'disk-at-rest') t.same([when, disk], ['off', 'image'], name);
    if (layer === 'disk-in-motion') t.same([when, disk], ['either', 'intercepted'], name);
  }
});
