import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { fixtureKinds } from '../../script/fixtures/kinds.ts';
import { readScript } from '../../script/index.ts';
import { packScript } from '../../script/remote/pack-script.ts';
import { sendScript } from '../../script/remote/send-script.ts';
import { fakeCard, makeMachine, together } from '../../script/steps/fixtures/fake-machine.ts';
import { runAgent } from './run-agent.ts';

const digits = '07'.repeat(32);

async function agentOn(t: Test, { keyText = digits, dhcp = false, leases = true } = {}) {
  const folder = t.testdir({ medium: { 'agent.key': keyText } });
  const cards = together(
    fakeCard('0000:00:08.0', { name: 'eth0', driver: 'e1000' }),
    fakeCard('0000:00:09.0', {}),
  );
  const places = {
    ...makeMachine(folder, cards),
    mediumFolder: join(folder, 'medium'),
    stateFolder: join(folder, 'run'),
  };
  const lines: string[] = [];
  const programs: string[] = [];
  const ended = new AbortController();
  const port = await freePort();
  const running = runAgent(
    { key: 'agent.key', port, dhcp },
    {
      ...{ places, mediumFolder: places.mediumFolder, kinds: fixtureKinds, signal: ended.signal },
      announce: (text) => lines.push(text),
      logPath: join(folder, 'script.log'),
      runProgram: async (name, words) => {
        programs.push([name, ...words].join(' '));
        if (name === 'udhcpc' && !leases) throw new Error('no lease');
        return words.includes('show') ? '2: eth0    inet 10.0.0.7/24 brd 10.0.0.255\n' : '';
      },
    },
  );
  const said = async (count: number) => {
    for (let wait = 0; wait < 500 && lines.length < count; wait += 1) await pause(10);
    return lines;
  };
  t.teardown(() => ended.abort());
  return { folder, running, lines, programs, port, said, end: () => ended.abort() };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<number>();
  server.listen(0, () => {
    const address = server.address();
    server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
  });
  return await promise;
}

t.test('drivers, cards, key: then it listens, until it is ended', async (t) => {
  const { running, programs, port, said, end, folder } = await agentOn(t);
  const own = 'eth0 52:54:00:00:00:01 fe80::5054:ff:fe00:1';
  t.same(await said(1), [`AGENT listening on port ${port}: ${own}`]);
  t.same(programs.slice(-1), ['ip link set eth0 up']);
  t.match(programs[0], /^modprobe pci:/);
  mkdirSync(join(folder, 'sender'));
  const path = join(folder, 'sender/script.yaml');
  writeFileSync(path, 'name: hello\nsteps:\n  - { name: first, do: say, with: { text: hello } }\n');
  const send = async () =>
    await sendScript(
      await packScript(await readScript(path, fixtureKinds), []),
      { host: '127.0.0.1', port, key: Buffer.from(digits, 'hex'), job: 'one' },
      { log: () => {}, signal: new AbortController().signal },
    );
  t.equal((await send()).outcome, 'succeeded');
  end();
  t.equal(await running, 0);
  await t.rejects(send(), { message: /cannot be reached/, isFinal: false });
});

t.test('with DHCP, where it is asked for; without a server by the MAC address alone', async (t) => {
  const { said } = await agentOn(t, { dhcp: true });
  t.match((await said(1))[0], /fe80::5054:ff:fe00:1 10\.0\.0\.7\/24$/);
  const without = await agentOn(t, { dhcp: true, leases: false });
  const lines = await without.said(2);
  t.match(lines[0], /^AGENT without an address: [\s\S]*no lease/);
  t.match(lines[1], /^AGENT listening .*fe80::5054:ff:fe00:1$/);
});

t.test('a key that is too short starts nothing', async (t) => {
  const { running, lines } = await agentOn(t, { keyText: digits.slice(2) });
  t.equal(await running, 4);
  t.match(lines, [/^AGENT failed SCRIPT_KEY_UNUSABLE: .*\n.*64 hexadecimal digits.*\n.*62 digits/]);
});
