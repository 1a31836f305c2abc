import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import t from 'tap';
import { NbdClient, type NbdError } from './fixtures/nbd-client.ts';
import { servedDisk } from './fixtures/served-disk.ts';

const sizeBytes = 8 * 1024 * 1024;
const run = promisify(execFile);

t.test('what QEMU writes through it is what it writes to a plain file', async (t) => {
  const { powerOn, socketPath, folder, content, disk } = await servedDisk(t, Buffer.alloc(sizeBytes, 'a'));
  await powerOn();
  const plainPath = join(folder, 'plain.raw');
  await writeFile(plainPath, Buffer.alloc(sizeBytes, 'a'));
  const script = [
    'write -P 0x11 0 64k',
    'write -P 0x22 5120 512',
    'aio_write -P 0x33 1M 2M',
    'aio_write -P 0x44 4M 1M',
    'aio_flush',
    'write -z 1536k 256k',
    'write -z -u 5M 1M',
    'discard 6M 1M',
    'write -f -P 0x55 7M 4k',
    'flush',
    'read -P 0x22 5120 512',
    'read -P 0x33 1M 512k',
    'read -P 0 1536k 256k',
    'read -P 0x55 7340544 512',
    'read -P 0x61 7344128 512',
  ].flatMap((command) => ['-c', command]);
  const node = `driver=nbd,server.type=unix,server.path=${socketPath},export=`;
  const { stdout } = await run('qemu-io', [...script, '--image-opts', node]);
  t.notMatch(stdout, /verification failed|error/i);
  await run('qemu-io', ['-d', 'unmap', '-f', 'raw', ...script, plainPath]);
  t.same(await content(), await readFile(plainPath));
  t.match(disk.requests, { discards: 1, zeroes: 2 });
  t.ok(disk.requests.writes >= 5 && disk.requests.flushes >= 1 && disk.requests.reads >= 4);
});

t.test('a whole disk is copied in and out', async (t) => {
  const { powerOn, socketPath, folder, content } = await servedDisk(t, Buffer.alloc(sizeBytes));
  await powerOn();
  const bytes = randomBytes(sizeBytes);
  await writeFile(join(folder, 'in.raw'), bytes);
  const url = `nbd+unix:///?socket=${socketPath}`;
  await run('qemu-img', ['convert', '-n', '-f', 'raw', '-O', 'raw', join(folder, 'in.raw'), url]);
  t.ok((await content()).equals(bytes));
  await run('qemu-img', ['convert', '-f', 'raw', '-O', 'raw', url, join(folder, 'out.raw')]);
  t.ok((await readFile(join(folder, 'out.raw'))).equals(bytes));
});

t.test('requests in pieces and in heaps, and answers that belong to them', async (t) => {
  const { powerOn, socketPath } = await servedDisk(t, Buffer.alloc(sizeBytes));
  const client = await powerOn();
  t.equal(client.sizeBytes, sizeBytes);
  const writes = Array.from({ length: 200 }, (_, index) => ({
    at: index * 4096,
    data: Buffer.alloc(4096, index + 1),
  }));
  await Promise.all(writes.map(({ at, data }) => client.write(at, data)));
  const read = await Promise.all(writes.map(({ at }) => client.read(at, 4096)));
  t.ok(read.every((data, index) => data.equals(writes[index]!.data)));

  // Long answers, of which the socket takes a part at a time.
  const long = Array.from({ length: 8 }, (_, index) => Buffer.alloc(1024 * 1024, index + 1));
  await Promise.all(long.map((data, index) => client.write(index * data.length, data)));
  client.socket.pause();
  const together: Promise<Buffer>[] = [];
  for (const [index, data] of long.entries()) {
    together.push(client.read(index * data.length, data.length));
    // The next one is asked for when this one is on its way, and nobody takes it.
    await pause(20);
  }
  client.socket.resume();
  for (const [index, data] of (await Promise.all(together)).entries()) t.ok(data.equals(long[index]!));

  // Byte for byte, the handshake included.
  const socket = connect(socketPath);
  await once(socket, 'connect');
  const received: Buffer[] = [];
  socket.on('data', (bytes) => received.push(bytes));
  const go = '49484156454f505400000007000000060000000000 00';
  const request = '25609513 0000 0000 0000000000000007 0000000000001000 00000200';
  const sent = Buffer.from(`00000003${go}${request}`.replaceAll(' ', ''), 'hex');
  for (const byte of sent) await new Promise((done) => socket.write(Buffer.of(byte), done));
  while (Buffer.concat(received).length < 18 + 20 + 12 + 20 + 14 + 20 + 16 + 512) await once(socket, 'data');
  const answer = Buffer.concat(received).subarray(-528);
  t.equal(answer.subarray(0, 16).toString('hex'), '67446698000000000000000000000007');
  t.ok(answer.subarray(16).equals(Buffer.alloc(512, 1)));
  socket.destroy();
});

t.test('requests that cannot be are refused, and the next ones are answered', async (t) => {
  const { powerOn } = await servedDisk(t, Buffer.alloc(sizeBytes));
  const client = await powerOn();
  const refused = { number: 22 } as NbdError;
  await t.rejects(client.read(sizeBytes - 512, 1024), refused, 'beyond the end');
  await t.rejects(client.write(sizeBytes, Buffer.alloc(512)), refused, 'at the end');
  await t.rejects(client.read(1, 512), refused, 'between sectors');
  await t.rejects(client.read(0, 0), refused, 'of nothing');
  t.equal((await client.read(sizeBytes - 512, 512)).length, 512);
});

t.test('a client that speaks something else is turned away, and the others are not', async (t) => {
  const { powerOn, socketPath } = await servedDisk(t, Buffer.alloc(sizeBytes));
  const client = await powerOn();
  const stranger = connect(socketPath);
  stranger.on('error', () => undefined);
  stranger.resume();
  stranger.write(`\0\0\0\x03${'GET / HTTP/1.1\r\n'.repeat(10)}`);
  await once(stranger, 'close');
  const late = await NbdClient.connect(socketPath);
  late.socket.write(Buffer.alloc(28, 0xff));
  await once(late.socket, 'close');
  t.equal((await client.read(0, 512)).length, 512);
});

t.test('zeroes where zeros are leave holes', async (t) => {
  const { powerOn, disk } = await servedDisk(t, Buffer.alloc(0));
  await truncate(disk.imagePath, 256 * 1024 * 1024);
  const client = await powerOn();
  await client.write(1024 * 1024, Buffer.alloc(4096, 1));
  await client.zeroes(0, 256 * 1024 * 1024);
  await client.trim(0, 128 * 1024 * 1024);
  t.ok((await client.read(1024 * 1024, 4096)).equals(Buffer.alloc(4096)));
  t.ok((await stat(disk.imagePath)).blocks * 512 < 2 * 1024 * 1024);
});

t.test('at its end nothing listens, and no client is connected', async (t) => {
  const { powerOn, socketPath, disk } = await servedDisk(t, Buffer.alloc(sizeBytes));
  const client = await powerOn();
  await client.read(0, 512);
  await client.flush();
  const closed = once(client.socket, 'close');
  await Promise.all([disk.powerOff(), disk.powerOff()]);
  await closed;
  t.notOk(existsSync(socketPath));
  await t.rejects(NbdClient.connect(socketPath), { code: 'ENOENT' });
  const again = await powerOn();
  await again.write(0, Buffer.alloc(512, 9));
  t.same(disk.requests, { reads: 0, writes: 1, flushes: 0, discards: 0, zeroes: 0 }, 'counted anew');
});

t.test('a file of the host that fails is told to the host', async (t) => {
  const content = Buffer.alloc(16 * 1024 * 1024, 1);
  const { powerOn, hostFailures } = await servedDisk(t, content, { scratchPath: '/nowhere/scratch' });
  const client = await powerOn();
  const half = 8 * 1024 * 1024;
  await client.write(0, Buffer.alloc(half));
  t.same(hostFailures, [], 'what memory holds needs no file');
  await t.rejects(client.write(half, Buffer.alloc(half)), { number: 5 } as NbdError);
  t.match(hostFailures, [{ code: 'VM_DISK_HOST_FAILED', blame: 'host', message: /ENOENT/ }]);
  await client.flush();
  await client.write(0, Buffer.alloc(512, 3));
  t.same(await client.read(0, 512), Buffer.alloc(512, 3), 'and the disk goes on');
});

t.test('sums of everything, after random requests at the same time', async (t) => {
  const { powerOn, content } = await servedDisk(t, Buffer.alloc(sizeBytes));
  const client = await powerOn();
  const model = Buffer.alloc(sizeBytes);
  const noise = randomBytes(600);
  const all: Promise<unknown>[] = [];
  for (let index = 0; index < 200; index += 1) {
    const at = (noise.readUInt16BE(index * 3) % 16_000) * 512;
    // Short ones and long ones, which the host's file takes in different ways.
    const length = ((noise[index * 3 + 2]! % 64) + 1) * 4 * 512;
    const data = Buffer.alloc(Math.min(length, sizeBytes - at), index + 1);
    model.set(index % 5 === 0 ? Buffer.alloc(data.length) : data, at);
    all.push(index % 5 === 0 ? client.zeroes(at, data.length) : client.write(at, data));
  }
  await Promise.all(all);
  t.equal(sumOf(await content()), sumOf(model), 'made in the order in which they came');
});

function sumOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
