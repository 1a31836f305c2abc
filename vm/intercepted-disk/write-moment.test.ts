import { once } from 'node:events';
import t from 'tap';
import { servedDisk } from './fixtures/served-disk.ts';
import type { WriteMoment } from './write-moment.ts';

const sectorBytes = 512;
const empty = Buffer.alloc(256 * sectorBytes);
const at = (sector: number): number => sector * sectorBytes;
const filled = (sectors: number, value: number): Buffer => Buffer.alloc(at(sectors), value);

/** The first byte of each sector. */
function firsts(content: Buffer, sectors: number): number[] {
  return Array.from({ length: sectors }, (_, sector) => content[at(sector)]!);
}

for (const [when, expected] of [
  ['before', [1, 1, 1, 1, 0, 0, 0, 0]],
  ['middle', [1, 1, 1, 1, 3, 0, 0, 0]],
  ['after', [1, 1, 1, 1, 3, 3, 3, 0]],
] as const) {
  t.test(`the power is cut ${when} the third write: all before it is made and nothing later`, async (t) => {
    const { disk, powerOn, cut, content } = await servedDisk(t, empty);
    const earlier = Promise.withResolvers<void>();
    const moment = disk.atWrite({ number: 3, when }, async () => {
      await earlier.promise;
      await cut();
    });
    const client = await powerOn();
    // All at once: the later ones are there already when the third is held.
    const acknowledged: number[] = [];
    const writes = [
      client.write(0, filled(2, 1)),
      client.write(at(2), filled(2, 1)),
      client.write(at(4), filled(3, 3)),
      client.write(at(4), filled(4, 4)),
      client.zeroes(0, at(2)),
      client.flush(),
    ];
    for (const [index, write] of writes.entries()) {
      write.then(() => acknowledged.push(index + 1)).catch(() => undefined);
    }
    await Promise.all(writes.slice(0, 2));
    earlier.resolve();
    const held = await moment.finished;
    t.match(held, { number: 3, kind: 'write', offsetBytes: at(4), lengthBytes: at(3), isForced: false });
    t.equal(held.sectorsWritten, expected.filter((value) => value === 3).length);
    await Promise.allSettled(writes);
    t.same(acknowledged, [1, 2]);
    t.same(firsts(await content(), 8), expected);
  });
}

t.test('a write that is held and goes on is made whole, and reads do not wait for it', async (t) => {
  const { disk, powerOn, cut } = await servedDisk(t, empty);
  const client = await powerOn();
  const seen: number[][] = [];
  const moment = disk.atWrite({ number: 2, when: 'middle', sectorsWritten: 3 }, async () => {
    seen.push(firsts(await client.read(0, at(6)), 6));
  });
  await client.write(at(10), filled(1, 1));
  await client.write(0, filled(4, 2));
  t.same(seen, [[2, 2, 2, 0, 0, 0]]);
  t.same(firsts(await client.read(0, at(6)), 6), [2, 2, 2, 2, 0, 0]);
  t.equal((await moment.happened).sectorsWritten, 3);
  await cut();
  const again = await powerOn();
  for (const value of [3, 4]) await again.write(0, filled(4, value));
  t.equal(seen.length, 1, 'one use, over power cycles, too');
});

t.test('writes to an area are counted for themselves, also those before anybody asked', async (t) => {
  const { disk, powerOn } = await servedDisk(t, empty);
  const client = await powerOn();
  const sectors = { first: 50, count: 10 };
  for (const sector of [50, 3, 59, 60, 49]) await client.write(at(sector), filled(1, 1));
  t.equal(disk.lastWriteNumber, 5);
  t.throws(() => disk.atWrite({ number: 2, sectors }, async () => undefined), {
    code: 'VM_DISK_MOMENT_PASSED',
  });
  const moment = disk.atWrite({ number: 3, sectors }, async () => undefined);
  await client.write(at(70), filled(1, 1));
  await client.trim(at(45), at(6));
  t.match(await moment.finished, { number: 7, kind: 'discard', offsetBytes: at(45) });
});

t.test('armed over a power cycle, it counts from the last power on', async (t) => {
  const { disk, powerOn, cut } = await servedDisk(t, empty);
  let client = await powerOn();
  const moment = disk.atWrite({ number: 3 }, async () => undefined);
  const other = disk.atWrite({ number: 1 }, async () => t.fail('it was cancelled'));
  other.cancel();
  await client.write(0, filled(1, 1));
  await client.write(0, filled(1, 1));
  await cut();
  client = await powerOn();
  for (const sector of [1, 2, 3]) await client.write(at(sector), filled(1, 1));
  t.match(await moment.finished, { number: 3, offsetBytes: at(3) });
});

t.test('an action that fails is heard, and the write is made all the same', async (t) => {
  const { disk, powerOn } = await servedDisk(t, empty);
  const client = await powerOn();
  const moment = disk.atWrite({ number: 1 }, () => Promise.reject(new Error('no such thing')));
  const failed = t.rejects(moment.finished, { message: 'no such thing' });
  await client.write(0, filled(1, 7));
  await failed;
  t.same(firsts(await client.read(0, at(1)), 1), [7]);
});

t.test(
  'a client that vanishes while a write is held does not wait for an action that never ends',
  async (t) => {
    const { disk, powerOn, cut, content } = await servedDisk(t, empty);
    const client = await powerOn();
    const moment = disk.atWrite({ number: 1, when: 'before' }, () => new Promise(() => undefined));
    const write = client.write(0, filled(1, 7));
    await moment.happened;
    const closed = once(client.socket, 'close');
    await cut();
    await closed;
    await t.rejects(write);
    t.ok((await content()).equals(empty));
  },
);

t.test('moments that cannot be are refused', async (t) => {
  const { disk } = await servedDisk(t, empty);
  const wrong = (moment: object) => () => disk.atWrite(moment as WriteMoment, async () => undefined);
  t.throws(wrong({ number: 0 }), { code: 'FOUNDATION_CONFIG_INVALID' });
  t.throws(wrong({ number: 1, sectorsWritten: 2 }), { message: /middle/ });
  t.throws(wrong({ number: 1, sectors: { first: 256, count: 1 } }), { code: 'VM_SPEC_INVALID' });
});
