import { once } from 'node:events';
import t from 'tap';
import type { DiskFault } from './disk-fault.ts';
import type { NbdError } from './fixtures/nbd-client.ts';
import { servedDisk } from './fixtures/served-disk.ts';

const sectorBytes = 512;
const sizeBytes = 1024 * sectorBytes;
/** Each sector holds its own number. */
const original = Buffer.concat(
  Array.from({ length: 1024 }, (_, sector) => Buffer.alloc(sectorBytes, (sector % 255) + 1)),
);
const at = (sector: number): number => sector * sectorBytes;
/** What a client gets to hear. */
const refused = (number: number): NbdError => ({ number }) as NbdError;
const fresh = (sectors: number): Buffer => Buffer.alloc(at(sectors), 0xee);

t.test('a read error at sectors, permanent and transient', async (t) => {
  const { disk, powerOn } = await servedDisk(t, original);
  const client = await powerOn();
  const fault = disk.addFault({ kind: 'error', of: 'read', sectors: { first: 100, count: 4 } });
  await client.read(at(96), at(4));
  await client.read(at(104), at(4));
  t.equal(fault.affected, 0);
  t.equal(fault.evidence(), undefined, 'what did not happen is not claimed');
  for (const sector of [100, 103]) await t.rejects(client.read(at(sector), at(1)), refused(5));
  await t.rejects(client.read(at(90), at(11)), refused(5), 'only its last sector is bad');
  await fault.happened;
  t.equal(fault.affected, 3);
  t.equal(fault.evidence(), 'read 3 (sector 100) was answered with EIO, and 2 more requests');
  fault.stop();
  t.ok((await client.read(at(100), at(4))).equals(original.subarray(at(100), at(104))));

  const once = disk.addFault({ kind: 'error', of: 'read', times: 1 });
  await t.rejects(client.read(0, at(1)), refused(5));
  await client.read(0, at(1));
  t.equal(once.isActive, false);
});

t.test('write and flush errors: nothing is made, and nothing is vouched for', async (t) => {
  const { disk, powerOn, content } = await servedDisk(t, original);
  const client = await powerOn();
  const full = disk.addFault({ kind: 'error', of: 'write', errno: 'ENOSPC', times: 3 });
  await t.rejects(client.write(at(5), fresh(2)), refused(28));
  await t.rejects(client.zeroes(at(5), at(2)), refused(28));
  await t.rejects(client.trim(at(5), at(2)), refused(28));
  t.ok((await content()).equals(original));
  t.equal(full.evidence(), 'write 1 (sectors 5 to 6) was answered with ENOSPC, and 2 more requests');
  await client.write(at(5), fresh(2));
  const flush = disk.addFault({ kind: 'error', of: 'flush', times: 1 });
  await t.rejects(client.flush(), refused(5));
  t.equal(disk.unflushedWrites, 1);
  t.equal(flush.evidence(), 'flush 1 was answered with EIO');
  await client.flush();
  t.equal(disk.unflushedWrites, 0);
});

t.test('corrupt reads are other bytes, the same each time, in their sectors only', async (t) => {
  const { disk, powerOn, content } = await servedDisk(t, original);
  const client = await powerOn();
  const fault = disk.addFault({ kind: 'corrupt-reads', sectors: { first: 10, count: 2 }, seed: 'one' });
  const read = await client.read(at(8), at(8));
  t.ok(read.subarray(0, at(2)).equals(original.subarray(at(8), at(10))));
  t.ok(read.subarray(at(4)).equals(original.subarray(at(12), at(16))));
  t.notOk(read.subarray(at(2), at(3)).equals(original.subarray(at(10), at(11))));
  t.notOk(read.subarray(at(3), at(4)).equals(original.subarray(at(11), at(12))));
  t.ok((await client.read(at(11), at(1))).equals(read.subarray(at(3), at(4))), 'by another request, too');
  t.ok((await content()).equals(original), 'the image stays as it is');
  t.match(
    fault.evidence(),
    /^read 1 \(sectors 8 to 15\) was answered wrongly in sectors 10 to 11: SHA-256 (\w{16}) is there, (?!\1)\w{16} was given, and 1 more request$/,
  );
  fault.stop();
  disk.addFault({ kind: 'corrupt-reads', seed: 'two', times: 1 });
  t.notOk((await client.read(at(10), at(2))).equals(read.subarray(at(2), at(4))), 'another seed');
  t.ok((await client.read(at(8), at(8))).equals(original.subarray(at(8), at(16))), 'once');
});

t.test('dropped writes are acknowledged, and the old bytes are read', async (t) => {
  const { disk, powerOn, content } = await servedDisk(t, original);
  const client = await powerOn();
  const fault = disk.addFault({ kind: 'drop-writes', sectors: { first: 20, count: 1 }, times: 2 });
  await client.write(at(19), fresh(2));
  await client.zeroes(at(20), at(1), { isForced: true });
  t.ok((await content()).equals(original));
  t.ok((await client.read(at(19), at(2))).equals(original.subarray(at(19), at(21))));
  t.match(
    fault.evidence(),
    /^write 1 \(sectors 19 to 20\) was acknowledged and not made: SHA-256 (\w{16}) was to be written, (?!\1)\w{16} is there, and 1/,
  );
  t.equal(disk.unflushedWrites, 0, 'there is nothing to lose');
  await client.write(at(20), fresh(1));
  t.ok((await client.read(at(20), at(1))).equals(fresh(1)), 'the third is made');
});

t.test('misdirected writes land elsewhere, and stay on the disk', async (t) => {
  const { disk, powerOn, content } = await servedDisk(t, original);
  const client = await powerOn();
  const expected = Buffer.from(original);
  const fault = disk.addFault({ kind: 'misdirect-writes', bySectors: 8, times: 2 });
  await client.write(at(30), fresh(2));
  expected.set(fresh(2), at(38));
  await client.write(at(1022), fresh(2));
  const wrapped = (1022 + 8) % (1024 - 2 + 1);
  expected.set(fresh(2), at(wrapped));
  t.ok((await content()).equals(expected));
  t.match(
    fault.evidence(),
    /^write 1 \(sectors 30 to 31\) was acknowledged and made at sectors 38 to 39: SHA-256/,
  );
  disk.addFault({ kind: 'misdirect-writes', bySectors: -8, times: 1 });
  await client.write(at(2), fresh(1));
  expected.set(fresh(1), at(1024 - 6));
  t.ok((await content()).equals(expected), 'beyond the beginning, too');
  await client.write(at(2), fresh(1));
  expected.set(fresh(1), at(2));
  t.ok((await content()).equals(expected));
});

t.test('a hanging disk answers nothing until it is stopped; other requests go on', async (t) => {
  const { disk, powerOn } = await servedDisk(t, original);
  const client = await powerOn();
  const fault = disk.addFault({ kind: 'hang', sectors: { first: 40, count: 8 } });
  let isAnswered = false;
  const held = client.write(at(40), fresh(1)).then(() => {
    isAnswered = true;
  });
  const heldRead = client.read(at(47), at(1));
  await fault.happened;
  await client.write(at(50), fresh(1));
  await client.read(at(50), at(1));
  await client.flush();
  t.equal(isAnswered, false);
  fault.stop();
  await Promise.all([held, heldRead]);
  t.equal(fault.affected, 2);
  t.equal(fault.evidence(), 'write 1 (sector 40) was held, and 1 more request');

  const flushes = disk.addFault({ kind: 'hang', of: 'flush' });
  const flush = client.flush();
  await client.write(at(60), fresh(1));
  flushes.stop();
  await flush;
  t.equal(disk.unflushedWrites, 1, 'the write that came after it');
});

t.test('what hangs when the client vanishes is never made, and keeps nobody', async (t) => {
  const { disk, powerOn, cut, content } = await servedDisk(t, original);
  const client = await powerOn();
  const fault = disk.addFault({ kind: 'hang' });
  const [write, read] = [client.write(0, fresh(1)), client.read(0, at(1))];
  await fault.happened;
  await cut();
  await t.rejects(write);
  await t.rejects(read);
  t.ok((await content()).equals(original));
  fault.stop();
  t.ok((await (await powerOn()).read(0, at(1))).equals(original.subarray(0, at(1))));
});

t.test('a slow disk is slower, and at once itself again', async (t) => {
  const { disk, powerOn } = await servedDisk(t, original);
  const client = await powerOn();
  const fault = disk.addFault({ kind: 'slow', bytesPerSecond: 100 * sectorBytes, delayMs: 5 });
  const startMs = performance.now();
  await Promise.all([client.read(0, at(10)), client.write(0, fresh(10)), client.read(0, at(10))]);
  t.ok(performance.now() - startMs > 280, '30 of 100 sectors a second, the first bytes included');
  t.match(fault.evidence(), /^read 1 \(sectors 0 to 9\) took 10\d\.\d ms longer, and 2 more requests$/);
  fault.stop();
  const slower = disk.addFault({ kind: 'slow', delayMs: 3_600_000 });
  const late = client.read(0, sizeBytes);
  await slower.happened;
  slower.stop();
  t.equal((await late).length, sizeBytes, 'and who waited waits no longer');
});

t.test('a disk that is gone refuses everything, and comes back', async (t) => {
  const { disk, powerOn } = await servedDisk(t, original);
  const client = await powerOn();
  const fault = disk.addFault({ kind: 'gone' });
  const all = [client.read(0, at(1)), client.write(0, fresh(1)), client.flush(), client.trim(0, at(1))];
  for (const request of all) await t.rejects(request, refused(5));
  t.equal(fault.affected, 4);
  fault.stop();
  t.ok((await client.read(0, sizeBytes)).equals(original));
});

t.test('faults that are declared wrongly are refused with the place', async (t) => {
  const { disk } = await servedDisk(t, original);
  const wrong = (fault: object) => () => disk.addFault(fault as DiskFault);
  t.throws(wrong({ kind: 'slow' }), { code: 'FOUNDATION_CONFIG_INVALID', message: /delayMs/ });
  t.throws(wrong({ kind: 'error', of: 'flush', sectors: { first: 0, count: 1 } }), { message: /no sectors/ });
  t.throws(wrong({ kind: 'gone', times: 1 }), { code: 'FOUNDATION_CONFIG_INVALID' });
  t.throws(wrong({ kind: 'drop-writes', sectors: { first: 1020, count: 5 } }), {
    code: 'VM_SPEC_INVALID',
    message: /sectors below 1024/,
  });
});

t.test('a closed connection ends the wait of a slow disk', async (t) => {
  const { disk, powerOn, cut, content } = await servedDisk(t, original);
  const client = await powerOn();
  const fault = disk.addFault({ kind: 'slow', delayMs: 3_600_000 });
  const write = client.write(0, fresh(1));
  await fault.happened;
  await Promise.all([once(client.socket, 'close'), cut()]);
  await t.rejects(write);
  t.ok((await content()).equals(original));
});
