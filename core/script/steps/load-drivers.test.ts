import { join } from 'node:path';
import t from 'tap';
import { scriptErrors } from '../errors.ts';
import { fakeContext } from './fixtures/fake-context.ts';
import { machinePlaces } from './hardware/places.ts';
import { makeLoadDrivers } from './load-drivers.ts';

t.test('names are given to modprobe, files to insmod; the list is text with comments', async (t) => {
  const folder = t.testdir({
    lists: { 'drivers.txt': '# cards\n\n  e1000  debug=1 # loud\nvirtio-net\nvendor/fast.ko rate=2\n' },
    sys: { module: {} },
  });
  const kind = makeLoadDrivers({ ...machinePlaces, sysFolder: join(folder, 'sys') });
  const context = fakeContext({ scriptFolder: folder });
  t.same(await kind.run({ list: 'lists/drivers.txt' }, context), {
    loaded: 'e1000 virtio-net vendor/fast.ko',
  });
  t.same(context.programs, [
    'modprobe e1000 debug=1',
    'modprobe virtio-net',
    `insmod ${join(folder, 'lists/vendor/fast.ko')} rate=2`,
  ]);
});

t.test('a file whose driver is loaded already is left alone', async (t) => {
  const folder = t.testdir({ sys: { module: { very_fast: {} } } });
  const kind = makeLoadDrivers({ ...machinePlaces, sysFolder: join(folder, 'sys') });
  const context = fakeContext({ scriptFolder: folder });
  await kind.run({ drivers: ['/drivers/very-fast.ko'] }, context);
  t.same(context.programs, []);
});

t.test('each driver that refuses is named, and the others are loaded', async (t) => {
  const kind = makeLoadDrivers();
  const context = fakeContext({
    runProgram: (name, words) => {
      if (words[0] === 'e1000') return '';
      throw scriptErrors.SCRIPT_PROGRAM_FAILED({ tried: name, got: `exit code 1: no ${words[0]}` });
    },
  });
  const drivers = ['one', 'e1000', 'two'];
  await t.rejects(kind.run({ drivers }, context), {
    code: 'SCRIPT_DRIVER_NOT_LOADED',
    facts: { got: 'one: exit code 1: no one\n            two: exit code 1: no two' },
  });
  t.same(context.programs, ['modprobe one', 'modprobe e1000', 'modprobe two']);
});

t.test('a list that is not there, or that holds no names, loads nothing', async (t) => {
  const scriptFolder = t.testdir({ 'wrong.txt': 'e1000\n--remove disk\n' });
  const context = fakeContext({ scriptFolder });
  const kind = makeLoadDrivers();
  const code = 'SCRIPT_DRIVER_NOT_LOADED';
  await t.rejects(kind.run({ list: 'gone.txt' }, context), { code, message: /gone\.txt.*ENOENT/s });
  await t.rejects(kind.run({ list: 'wrong.txt' }, context), { code, facts: { got: '--remove' } });
  t.same(context.programs, []);
});

t.test('either names or a list, and names without tricks', async (t) => {
  const { options } = makeLoadDrivers();
  t.ok(options.safeParse({ drivers: ['virtio_net', '../fast.ko'] }).success);
  t.ok(options.safeParse({ list: 'drivers.txt' }).success);
  for (const wrong of [
    {},
    { drivers: ['a'], list: 'b' },
    { drivers: ['-r'] },
    { drivers: ['a b'] },
    { drivers: [] },
  ])
    t.notOk(options.safeParse(wrong).success, JSON.stringify(wrong));
});
