import t from 'tap';
import { diskProfileSchema } from '../profile/disk-profile.ts';
import { loadIdentities } from './load-identities.ts';

const load = (keys: object) =>
  loadIdentities(diskProfileSchema.parse({ format: 'assay disk profile 1', ...keys }));

t.test('the built-in ones follow their schema, each once', async (t) => {
  const rules = await load({});
  t.ok(rules.length > 40);
  t.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
  const [machineId] = rules;
  t.match(machineId, { name: 'machine ID', differs: true, stays: true, shared: 'error', isOwn: false });
  t.match(
    rules.find(({ name }) => name === 'random seed'),
    { differs: true, stays: false, isSecret: true },
  );
});

t.test('a command is run only where there is a console', async (t) => {
  const commandsOf = async (keys: object) => (await load(keys)).flatMap(({ command }) => command ?? []);
  t.strictSame(await commandsOf({}), []);
  t.strictSame(await commandsOf({ console: {} }), ['uname -n']);
});

t.test('the profile takes away and adds', async (t) => {
  const rules = await load({
    console: {},
    partitions: [{ number: 3, role: 'data' }],
    identities: {
      ignore: [{ identity: 'host name', reason: 'the owner names it' }],
      add: [
        { name: 'licence', file: '/data/licence', partition: 'data', pattern: '^id=(.*)$' },
        { name: 'board', command: 'cat /sys/board', differs: false },
        { name: "the unit's secret", file: '/secret' },
      ],
    },
  });
  t.notOk(rules.some(({ name }) => name === 'host name'));
  t.match(rules.slice(-3), [
    { name: 'licence', files: ['/data/licence'], partition: 3, pattern: '^id=(.*)$', isOwn: true },
    { name: 'board', files: [], command: 'cat /sys/board', differs: false, isSecret: false },
    { name: "the unit's secret", isSecret: true },
  ]);
});

t.test('what is wrong is named with the nearest name', async (t) => {
  const refused = async (identities: object, message: RegExp) =>
    await t.rejects(load({ identities }), {
      code: 'FOUNDATION_CONFIG_INVALID',
      message,
    });
  await refused({ ignore: [{ identity: 'hostname', reason: 'x' }] }, /no hostname, did you mean "host name"/);
  await refused({ add: [{ name: 'machine ID', file: '/x' }] }, /machine ID is there twice/);
  await refused({ add: [{ name: 'x', file: '/x', pattern: '(a+)+$' }] }, /x.*for ever/s);
  await refused({ add: [{ name: 'x', file: '/a/../b' }] }, /x.*\.\./s);
});
