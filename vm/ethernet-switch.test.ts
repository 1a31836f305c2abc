import { once } from 'node:events';
import { mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { EthernetNetworks } from './ethernet-networks.ts';
import { EthernetSwitch } from './ethernet-switch.ts';
import { benchMachine, benchReadyText } from './fixtures/bench-machine.ts';

/** Real machines under emulation: a ceiling. */
t.setTimeout(600_000);

const broadcast = 'ffffffffffff';
const [alpha, beta, gamma] = ['525400000001', '525400000002', '525400000003'];

/** A frame as QEMU sends it: length, target, source, type, and some words. */
function frame(target: string, source: string, words = ''): Buffer {
  const content = Buffer.concat([Buffer.from(`${target}${source}0800`, 'hex'), Buffer.from(words)]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** What QEMU is for a machine that is plugged in. */
class Port {
  readonly socket: Socket;
  received = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket.on('data', (bytes) => {
      this.received = Buffer.concat([this.received, bytes]);
    });
  }

  async has(expected: Buffer): Promise<Buffer> {
    for (let wait = 0; wait < 500 && this.received.length < expected.length; wait += 1) await pause(10);
    const { received } = this;
    this.received = Buffer.alloc(0);
    return received;
  }
}

async function switchWith(t: Test, count: number) {
  const folder = await mkdtemp(join(tmpdir(), 'assay-switch-'));
  const ethernet = await EthernetSwitch.listen(join(folder, 'lan.sock'));
  t.teardown(async () => {
    await ethernet[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  const ports: Port[] = [];
  for (let index = 0; index < count; index += 1) {
    const socket = connect(ethernet.socketPath);
    await once(socket, 'connect');
    ports.push(new Port(socket));
  }
  return { ethernet, ports: ports as [Port, Port, Port] };
}

t.test('frames go to everybody until their target was heard, then to it alone', async (t) => {
  const { ports } = await switchWith(t, 3);
  const [a, b, c] = ports;
  const hello = frame(broadcast, alpha!, 'who has beta');
  a.socket.write(hello);
  t.same([await b.has(hello), await c.has(hello)], [hello, hello]);
  const answer = frame(alpha!, beta!, 'I am beta');
  b.socket.write(answer);
  t.same(await a.has(answer), answer);
  const unknown = frame(gamma!, beta!, 'is gamma there');
  b.socket.write(unknown);
  t.same([await a.has(unknown), await c.has(unknown)], [unknown, unknown], 'and not the answer before');
});

t.test('frames that come in pieces, or several at once, are whole frames', async (t) => {
  const { ports } = await switchWith(t, 2);
  const [a, b] = ports;
  const frames = Buffer.concat([
    frame(broadcast, alpha!, 'one'),
    frame(broadcast, alpha!, 'two'.repeat(500)),
  ]);
  for (const part of [frames.subarray(0, 2), frames.subarray(2, 9), frames.subarray(9)]) {
    a.socket.write(part);
    await pause(5);
  }
  t.same(await b.has(frames), frames);
});

t.test('a port that does not read loses frames, and holds nobody up', async (t) => {
  const { ports } = await switchWith(t, 3);
  const [a, b, c] = ports;
  b.socket.pause();
  const batch = Buffer.concat(Array(50).fill(frame(broadcast, alpha!, 'x'.repeat(9000))));
  const batches = 12;
  for (let sent = 0; sent < batches; sent += 1) {
    a.socket.write(batch);
    t.equal((await c.has(batch)).length, batch.length, 'who reads has everything');
  }
  b.socket.resume();
  const end = frame(broadcast, alpha!, 'the end');
  for (let wait = 0; wait < 500 && !b.received.subarray(-end.length).equals(end); wait += 1) {
    a.socket.write(end);
    await pause(10);
  }
  t.same(b.received.subarray(-end.length), end, 'it hears again');
  t.ok(b.received.length < (batches * batch.length) / 2, 'and has lost some');
});

t.test('addresses that are made up take no room without end; who was heard last is known', async (t) => {
  const { ports } = await switchWith(t, 3);
  const [a, b, c] = ports;
  const hello = frame(broadcast, beta!, 'I am beta');
  b.socket.write(hello);
  await Promise.all([a.has(hello), c.has(hello)]);
  const made = Array.from({ length: 5000 }, (_, index) => `02${index.toString(16).padStart(10, '0')}`);
  const flood = Buffer.concat(made.map((address) => frame(alpha!, address)));
  a.socket.write(flood);
  t.equal((await b.has(flood)).length, flood.length);
  await c.has(flood);
  const forgotten = frame(beta!, alpha!, 'to beta, of whom nothing was heard for long');
  a.socket.write(forgotten);
  t.same([await b.has(forgotten), await c.has(forgotten)], [forgotten, forgotten], 'to everybody again');
  const newest = frame(made.at(-1)!, beta!, 'to the newest');
  b.socket.write(newest);
  t.same(await a.has(newest), newest);
  const end = frame(broadcast, alpha!, 'the end');
  a.socket.write(end);
  t.same(await c.has(end), end, 'and not what went to the newest');
});

t.test('what speaks something else is taken out; the others go on', async (t) => {
  const { ports } = await switchWith(t, 3);
  const [a, b, c] = ports;
  b.socket.write('GET / HTTP/1.0\r\n\r\n');
  await once(b.socket, 'close');
  const hello = frame(broadcast, alpha!);
  a.socket.write(hello);
  t.same(await c.has(hello), hello);
});

t.test('a network is there from its first use on, and leaves nothing', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-switch-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const networks = new EthernetNetworks(folder);
  const path = await networks.socketPathOf('lan');
  t.equal(await networks.socketPathOf('lan'), path);
  t.not(await networks.socketPathOf('other'), path);
  const socket = connect(path);
  await once(socket, 'connect');
  await Promise.all([networks[Symbol.asyncDispose](), once(socket, 'close')]);
  t.same(await readdir(folder), []);
  const long = new EthernetNetworks(`/tmp/${'x'.repeat(110)}`);
  await t.rejects(long.socketPathOf('lan'), { code: 'VM_SPEC_INVALID' });
  await long[Symbol.asyncDispose]();
});

t.test('a card on a network between machines has nothing of a network of its own', async (t) => {
  const mac = '52:54:00:00:00:01';
  const service = { guestAddress: '10.0.2.100', guestPort: 80, hostPort: 8080 };
  for (const more of [{ forwardTcpPorts: [80] }, { services: [service] }]) {
    const refused = benchMachine({ nics: [{ mac, network: 'lan', ...more }] });
    await t.rejects(refused, { code: 'FOUNDATION_CONFIG_INVALID', message: /nics\.0\.network/ });
  }
  const { machine, remove } = await benchMachine({ nics: [{ mac, network: 'lan' }] });
  t.teardown(remove);
  await t.rejects(machine.powerOn(), { code: 'VM_SPEC_INVALID', message: /network lan/ });
  await machine[Symbol.asyncDispose]();
});

t.test('real machines hear each other, and nobody else', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-switch-'));
  const networks = new EthernetNetworks(folder);
  const machines = await Promise.all(
    ['one', 'two', 'apart'].map((name, index) => {
      const network = name === 'apart' ? 'other' : 'lan';
      return benchMachine({ name, nics: [{ mac: `52:54:00:00:00:0${index + 1}`, network }] }, { networks });
    }),
  );
  t.teardown(async () => {
    for (const { machine, remove } of machines) {
      await machine[Symbol.asyncDispose]();
      await remove();
    }
    await networks[Symbol.asyncDispose]();
    // Fails when a socket is left.
    await rmdir(folder);
  });
  const start = async (index: number) => {
    const running = await machines[index]!.machine.powerOn();
    await running.console.expect(benchReadyText);
    await running.console.run(`ip address add 10.1.0.${index + 1}/24 dev eth0; ip link set eth0 up`);
    return running;
  };
  const { console: one } = await start(0);
  const second = await start(1);
  const two = second.console;
  await start(2);
  const ping = (address: string) => `ping -c 3 -W 5 ${address}`;
  t.match((await one.run(ping('10.1.0.2'))).output, /3 packets received/);
  t.match((await two.run(ping('10.1.0.1'))).output, /3 packets received/);
  const { output } = await one.run(ping('10.1.0.3'), { acceptExitCodes: 'any' });
  t.match(output, /0 packets received/);
  // In 41 frames each, which the kernel puts together again only when all are there and its checksum holds.
  t.match((await one.run(`${ping('10.1.0.2')} -s 60000`)).output, /3 packets received/);
  await t.test('a machine that was cut is not there, and is again when it is on', async (t) => {
    await second.cut();
    t.match((await one.run(ping('10.1.0.2'), { acceptExitCodes: 'any' })).output, /0 packets received/);
    await start(1);
    t.match((await one.run(ping('10.1.0.2'))).output, /3 packets received/);
  });
});
