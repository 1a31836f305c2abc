import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { benchMachine, benchReadyText } from './fixtures/bench-machine.ts';
import { GuestServices } from './guest-services.ts';

const bigBody = randomBytes(5 * 1024 * 1024);
const bigHash = createHash('sha256').update(bigBody).digest('hex');

async function portOf(t: Test, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Answers `/together` only when two ask at the same time. */
function webServer(): Server {
  const together: (() => void)[] = [];
  return createHttpServer((request, response) => {
    if (request.url === '/big') response.end(bigBody);
    else if (request.url !== '/together') response.end(`you asked for ${request.url}`);
    else if (together.push(() => response.end(bigBody)) === 2) for (const answer of together) answer();
  });
}

/** Keeps what it is sent; answers nothing and closes nothing, whatever the other end does. */
class SilentServer {
  readonly connections: Socket[] = [];
  /** How many have closed their direction. */
  ended = 0;
  readonly server = createServer({ allowHalfOpen: true }, (connection) => {
    connection.on('error', () => undefined);
    connection.on('end', () => {
      this.ended += 1;
    });
    connection.resume();
    this.connections.push(connection);
  });
}

async function machineWithServices(t: Test) {
  const silent = new SilentServer();
  t.teardown(() => {
    for (const connection of silent.connections) connection.destroy();
  });
  const byteCounter = createServer({ allowHalfOpen: true }, async (connection) => {
    const received: Buffer[] = await connection.toArray();
    connection.end(`${Buffer.concat(received).length} bytes until the end`);
  });
  // Its client learns where the answer ends by the end of the stream, and keeps its own direction open until then.
  const withoutLength = createServer({ allowHalfOpen: true }, (connection) => {
    connection.on('data', () => connection.end('HTTP/1.0 200 OK\r\n\r\nas long as it is'));
  });
  const nobody = createServer();
  const nobodysPort = await portOf(t, nobody);
  nobody.close();
  const at = (guestPort: number, hostPort: number) => ({ guestAddress: '10.0.2.100', guestPort, hostPort });
  const services = [
    at(80, await portOf(t, webServer())),
    at(81, await portOf(t, silent.server)),
    at(82, await portOf(t, byteCounter)),
    at(83, nobodysPort),
    at(84, await portOf(t, withoutLength)),
  ];
  const { machine, folder, remove } = await benchMachine({ nics: [{ mac: '52:54:00:aa:bb:cc', services }] });
  t.teardown(async () => {
    await machine[Symbol.asyncDispose]();
    await remove();
  });
  const running = await machine.powerOn();
  const { console } = running;
  await console.expect(benchReadyText);
  await console.run('ip address add 10.0.2.15/24 dev eth0; ip link set eth0 up');
  return { machine, running, console, folder, silent };
}

t.test('a guest reaches services of the host through its closed network', async (t) => {
  const { machine, running, console, folder, silent } = await machineWithServices(t);

  await t.test('one request after the other', async (t) => {
    for (const path of ['/first', '/second', '/third']) {
      const { output } = await console.run(`wget -q -O - http://10.0.2.100${path}`);
      t.equal(output, `you asked for ${path}`);
    }
  });

  await t.test('large and binary answers arrive whole, two at the same time', async (t) => {
    const fetchHash = (path: string) => `wget -q -O - http://10.0.2.100${path} | sha256sum`;
    t.equal((await console.run(fetchHash('/big'))).output, `${bigHash}  -\n`);
    const both = await console.run(`${fetchHash('/together')} & ${fetchHash('/together')} & wait`);
    t.equal(both.output, `${bigHash}  -\n`.repeat(2));
  });

  await t.test('a guest that has said everything gets its answer', async (t) => {
    const { output } = await console.run('head -c 3000000 /dev/zero | nc 10.0.2.100 82');
    t.equal(output, '3000000 bytes until the end');
  });

  await t.test('a service that has said everything is heard to the end', async (t) => {
    const { output } = await console.run('wget -q -O - http://10.0.2.100:84/');
    t.equal(output, 'as long as it is');
  });

  await t.test('where nobody listens the connection is closed, and nothing else is reached', async (t) => {
    const refused = await console.run('wget -q -O - http://10.0.2.100:83/', { acceptExitCodes: 'any' });
    t.equal(refused.exitCode, 1);
    const other = await console.run('wget -q -O - http://10.0.2.2:80/', { acceptExitCodes: 'any' });
    t.equal(other.exitCode, 1);
  });

  await t.test('no process is left of connections that are over', async (t) => {
    t.same(await relaysLeftIn(folder), []);
  });

  await t.test('when the machine is cut, its connections and their processes end', async (t) => {
    await console.run('for i in 1 2 3; do (sleep 100000 | nc 10.0.2.100 81 >/dev/null 2>&1 &); done');
    // One whose guest has closed its direction, so that nothing comes from it when it dies.
    await console.run('(echo bye | nc 10.0.2.100 81 >/dev/null 2>&1 &)');
    while (silent.ended < 1 || silent.connections.length < 4) await pause(20);
    t.equal(relaysIn(folder).length, 4);
    await running.cut();
    t.same(await relaysLeftIn(folder), []);
    const sockets = (await readdir(folder)).filter((file) => file.includes('net'));
    t.same(sockets, [], 'nothing listens');
  });

  await t.test('and after the next power on they are there again', async (t) => {
    const again = await machine.powerOn();
    await again.console.expect(benchReadyText);
    await again.console.run('ip address add 10.0.2.15/24 dev eth0; ip link set eth0 up');
    const { output } = await again.console.run('wget -q -O - http://10.0.2.100/again');
    t.equal(output, 'you asked for /again');
  });
});

t.test('wrong services are refused', async (t) => {
  const withServices = (...services: object[]) =>
    benchMachine({ nics: [{ mac: '52:54:00:aa:bb:cc', services }] } as never);
  const service = { guestAddress: '10.0.2.100', guestPort: 80, hostPort: 8080 };
  for (const guestAddress of ['10.0.2.2', '10.0.2.3', '10.0.2.15', '10.0.2.255', '192.168.0.1']) {
    await t.rejects(withServices({ ...service, guestAddress }), { message: /services\.0\.guestAddress/ });
  }
  await t.rejects(withServices(service, { ...service, hostPort: 8081 }), { message: /two services/ });
  const socketPath = `/tmp/${'x'.repeat(110)}`;
  await t.rejects(GuestServices.listen([{ socketPath, hostPort: 8080 }]), { code: 'VM_SPEC_INVALID' });
});

t.test('a runtime folder may have characters that the shell, QEMU and socat take apart', async (t) => {
  const runtimeFolder = await mkdtemp(join(tmpdir(), "it's, a:b!!c-"));
  const services = [{ guestAddress: '10.0.2.200', guestPort: 8080, hostPort: await portOf(t, webServer()) }];
  const { machine, remove } = await benchMachine(
    { nics: [{ mac: '52:54:00:aa:bb:cc', services }] },
    { runtimeFolder },
  );
  t.teardown(async () => {
    await machine[Symbol.asyncDispose]();
    await remove();
    await rm(runtimeFolder, { recursive: true });
  });
  const { console } = await machine.powerOn();
  await console.expect(benchReadyText);
  await console.run('ip address add 10.0.2.15/24 dev eth0; ip link set eth0 up');
  t.equal((await console.run('wget -q -O - http://10.0.2.200:8080/x')).output, 'you asked for /x');
});

/** The programs that QEMU has started for connections of the machine whose sockets are in a folder. */
function relaysIn(folder: string): string[] {
  const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return processes.filter((line) => line.startsWith('socat ') && line.includes(folder));
}

/** Those that do not end soon. */
async function relaysLeftIn(folder: string): Promise<string[]> {
  for (let wait = 0; wait < 100 && relaysIn(folder).length > 0; wait += 1) await pause(50);
  return relaysIn(folder);
}
