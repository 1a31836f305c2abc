import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { scriptErrors } from '../errors.ts';
import { type FakeContextOptions, fakeContext } from './fixtures/fake-context.ts';
import { type FakeMachine, fakeCard, makeMachine, together } from './fixtures/fake-machine.ts';
import { makeStartNetwork } from './start-network.ts';

function network(t: Test, machine: FakeMachine, contextOptions: FakeContextOptions = {}) {
  const folder = t.testdir({});
  const { sysFolder } = makeMachine(folder, machine);
  const resolverPath = join(folder, 'resolv.conf');
  const kind = makeStartNetwork({ sysFolder, resolverPath, dhcpScript: '/etc/dhcp.script', cardMs: 0 });
  const context = fakeContext(contextOptions);
  const start = (written: object) => kind.run(kind.options.parse(written), context);
  return { start, context, resolverPath, options: kind.options };
}

const twoCards = together(
  fakeCard('0000:00:03.0', { name: 'eth10', driver: 'e1000' }),
  fakeCard('0000:00:04.0', { name: 'eth9', driver: 'e1000' }),
);

t.test('the first card gets its address by DHCP, once and in the foreground', async (t) => {
  const { start, context } = network(t, twoCards, {
    runProgram: (name, words) =>
      name === 'ip' && words.includes('show')
        ? '2: eth9    inet 10.0.2.15/24 brd 10.0.2.255 scope global eth9\n'
        : '',
  });
  t.same(await start({}), { card: 'eth9', address: '10.0.2.15/24' });
  t.same(context.programs, [
    'ip link set eth9 up',
    'udhcpc -q -n -T 1 -t 10 -i eth9 -s /etc/dhcp.script',
    'ip -f inet -o address show dev eth9',
  ]);
});

t.test('an address as it is written, with gateway and name servers', async (t) => {
  const { start, context, resolverPath } = network(t, twoCards);
  const options = {
    card: 'eth10',
    address: '10.0.2.15/24',
    gateway: '10.0.2.2',
    nameServers: ['10.0.2.3', '1.1.1.1'],
  };
  t.same(await start(options), { card: 'eth10', address: '10.0.2.15/24' });
  t.same(context.programs.slice(1, 3), [
    'ip address replace 10.0.2.15/24 dev eth10',
    'ip route replace default via 10.0.2.2 dev eth10',
  ]);
  t.equal(readFileSync(resolverPath, 'utf8'), 'nameserver 10.0.2.3\nnameserver 1.1.1.1\n');
});

t.test('no card: what there is instead, and what has no driver', async (t) => {
  const { start, context } = network(
    t,
    together(fakeCard('0000:00:03.0', {}), { files: { 'class/net/lo/carrier': '1' } }),
  );
  const code = 'SCRIPT_NETWORK_NOT_STARTED';
  const got = 'lo; no driver for network device 0000:00:03.0 (8086:100e)';
  await t.rejects(start({}), { code, facts: { got, expected: 'a network card' } });
  await t.rejects(start({ card: 'eth1' }), { code, facts: { expected: 'the network card eth1' } });
  t.same(context.programs, []);
});

t.test('no address: what DHCP said, and whether there is a carrier', async (t) => {
  const { start } = network(t, fakeCard('0000:00:03.0', { name: 'eth0', carrier: '0' }), {
    runProgram: (name) => {
      if (name === 'udhcpc')
        throw scriptErrors.SCRIPT_PROGRAM_FAILED({ tried: name, got: 'exit code 1: no lease' });
      return '';
    },
  });
  await t.rejects(start({}), {
    code: 'SCRIPT_NETWORK_NOT_STARTED',
    facts: { got: 'exit code 1: no lease; eth0 has no carrier: see its cable' },
  });
});

t.test('addresses that are none are found before anything runs', async (t) => {
  const { options } = network(t, {});
  const address = '10.0.2.15/24';
  for (const right of [{}, { address }, { address, gateway: '10.0.2.2' }])
    t.ok(options.safeParse(right).success);
  for (const wrong of [
    { address: '10.0.2.15' },
    { address: '10.0.2.300/24' },
    { address: 'dhcp', gateway: '10.0.2.2' },
    { card: '-x' },
    { nameServers: [] },
    { nameServers: ['dns.lan'] },
  ])
    t.notOk(options.safeParse(wrong).success, JSON.stringify(wrong));
});
