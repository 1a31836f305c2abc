import { open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openRecords, type RecordSlot } from './index.ts';

interface Note {
  text: string;
}

const slot: RecordSlot = { kind: 'signature', sectors: [8, 16] };
const diskBytes = 32 * 512;

t.test('a record that was never written is null', async (t) => {
  await using records = await openRecords<Note>(await makeDisk(t), slot);
  t.equal(await records.read(), null);
  t.equal(await records.heal(), 0, 'there is nothing to heal it from');
});

t.test('the newest record is read, every write leaves all copies good', async (t) => {
  const path = await makeDisk(t);
  await using records = await openRecords<Note>(path, slot);
  for (const text of ['one', 'two', 'three']) {
    await records.write({ text });
    t.same(await records.read(), { text });
  }
  t.match(await records.inspect(), { sequence: 3, copies: [{ sequence: 3 }, { sequence: 3 }] });
  await using again = await openRecords<Note>(path, slot, { readOnly: true });
  t.same(await again.read(), { text: 'three' });
  t.equal((await stat(path)).size, diskBytes);
});

t.test('nothing but the declared sectors changes', async (t) => {
  const path = await makeDisk(t, Buffer.alloc(diskBytes, 0xa5));
  await using records = await openRecords<Note>(path, slot);
  await records.write({ text: 'here' });
  await records.erase();
  const bytes = await readFile(path);
  for (let sector = 0; sector < 32; sector += 1) {
    const expected = slot.sectors.includes(sector) ? 0 : 0xa5;
    t.ok(
      bytes.subarray(sector * 512, sector * 512 + 512).every((byte) => byte === expected),
      `sector ${sector}`,
    );
  }
});

t.test('one damaged copy is survived and healed', async (t) => {
  for (const damagedCopy of [0, 1]) {
    const path = await makeDisk(t);
    await using records = await openRecords<Note>(path, slot);
    await records.write({ text: 'kept' });
    const before = await readFile(path);
    await overwrite(path, slot.sectors[damagedCopy]! * 512 + 100, Buffer.from('garbage'));
    t.same(await records.read(), { text: 'kept' });
    t.equal(await records.heal(), 1);
    t.same(await readFile(path), before);
    t.equal(await records.heal(), 0);
  }
});

t.test('a write mends the damaged copy first, so that a cut leaves the good one', async (t) => {
  for (const damagedCopy of [0, 1]) {
    const path = await makeDisk(t);
    await using records = await openRecords<Note>(path, slot);
    await records.write({ text: 'old' });
    await overwrite(path, slot.sectors[damagedCopy]! * 512, Buffer.from('garbage'));
    const writes = await recordWrites(path, (disk) => disk.write({ text: 'new' }));
    t.same(
      writes.map(({ sector }) => sector),
      [slot.sectors[damagedCopy]!, slot.sectors[1 - damagedCopy]!],
    );
  }
});

t.test('damage to all copies is an error, and is not taken for null', async (t) => {
  const path = await makeDisk(t);
  await using records = await openRecords<Note>(path, slot);
  await records.write({ text: 'lost' });
  for (const sector of slot.sectors) await overwrite(path, sector * 512 + 25, Buffer.from('x'));
  await t.rejects(records.read(), { code: 'CORE_RECORD_DAMAGED', message: /sectors 8, 16/ });
  t.match(await records.inspect(), { state: 'damaged' });
  await records.write({ text: 'again' });
  t.same(await records.read(), { text: 'again' });
});

t.test(
  'one copy damaged and the other zeroed is an error: first boot must not begin on such a disk',
  async (t) => {
    const path = await makeDisk(t);
    await using records = await openRecords<Note>(path, slot);
    await records.write({ text: 'customer' });
    await overwrite(path, slot.sectors[0]! * 512, Buffer.alloc(512));
    t.same(await records.read(), { text: 'customer' }, 'the other copy is still good');
    await overwrite(path, slot.sectors[1]! * 512 + 25, Buffer.from('x'));
    await t.rejects(records.read(), { code: 'CORE_RECORD_DAMAGED' });
  },
);

t.test('a payload that is no JSON object is damage', async (t) => {
  const path = await makeDisk(t);
  await using records = await openRecords(path, slot);
  await records.write('text' as unknown as object);
  await t.rejects(records.read(), { code: 'CORE_RECORD_DAMAGED', message: /not a JSON object/ });
});

t.test('a disk that is too short is an error', async (t) => {
  const path = await makeDisk(t, Buffer.alloc(8 * 512));
  await using records = await openRecords(path, slot, { readOnly: true });
  await t.rejects(records.read(), { code: 'CORE_RECORD_DAMAGED', message: /beyond the end/ });
});

t.test('an open handle stays open, and works the same', async (t) => {
  const path = await makeDisk(t);
  const file = await open(path, 'r+');
  {
    await using records = await openRecords<Note>(file, slot);
    await records.write({ text: 'by handle' });
  }
  t.equal((await file.stat()).size, diskBytes);
  await file.close();
  await using records = await openRecords<Note>(path, slot);
  t.same(await records.read(), { text: 'by handle' });
});

t.test('torn at every byte of every write, the old or the new record is read', async (t) => {
  const old = { text: 'old' };
  const next = { text: 'new and longer' };
  const cases = [
    { name: 'the first write', before: null, after: next },
    { name: 'a later write', before: old, after: next },
    { name: 'an erasure', before: old, after: null },
  ];
  for (const { name, before, after } of cases) {
    const path = await makeDisk(t);
    {
      await using records = await openRecords<Note>(path, slot);
      if (before !== null) await records.write(before);
    }
    const start = await readFile(path);
    const writes = await recordWrites(path, (records) =>
      after === null ? records.erase() : records.write(after),
    );
    t.equal(writes.length, 2, name);
    let states = 0;
    let wrong = 0;
    const disk = Buffer.from(start);
    for (const { sector, bytes } of writes) {
      const previous = Buffer.from(disk.subarray(sector * 512, sector * 512 + 512));
      for (let tornAt = 0; tornAt <= 512; tornAt += 1) {
        disk.set(previous, sector * 512);
        disk.set(bytes.subarray(0, tornAt), sector * 512);
        await writeFile(path, disk);
        await using records = await openRecords<Note>(path, slot);
        const found = await records.read().catch((error) => error);
        const isOld = JSON.stringify(found) === JSON.stringify(before);
        const isNew = JSON.stringify(found) === JSON.stringify(after);
        states += 1;
        if (!isOld && !isNew) wrong += 1;
        // What was left can always be written again; a flush is dear, so not after every single byte.
        if (tornAt % 32 !== 1) continue;
        await records.write(next);
        if ((await records.read())?.text !== next.text) wrong += 1;
      }
    }
    t.equal(wrong, 0, `${name}: ${states} states`);
  }
});

async function makeDisk(t: Test, bytes = Buffer.alloc(diskBytes)): Promise<string> {
  const path = join(t.testdir({}), `disk-${Math.random()}.raw`);
  await writeFile(path, bytes);
  return path;
}

async function overwrite(path: string, offsetBytes: number, bytes: Buffer): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, offsetBytes);
  await file.close();
}

/** The writes of an operation in their order, and that each was flushed before the next began. */
async function recordWrites(
  path: string,
  operation: (records: Awaited<ReturnType<typeof openRecords<Note>>>) => Promise<void>,
): Promise<{ sector: number; bytes: Buffer }[]> {
  const file = await open(path, 'r+');
  const writes: { sector: number; bytes: Buffer; flushed: boolean }[] = [];
  const watched = new Proxy(file, {
    get(target, name) {
      if (name === 'write') {
        return async (bytes: Buffer, start: number, length: number, offsetBytes: number) => {
          if (writes.some(({ flushed }) => !flushed)) throw new Error('written before the flush');
          writes.push({ sector: offsetBytes / 512, bytes: Buffer.from(bytes), flushed: false });
          return await target.write(bytes, start, length, offsetBytes);
        };
      }
      if (name === 'sync') {
        return async () => {
          for (const write of writes) write.flushed = true;
          await target.sync();
        };
      }
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  try {
    await using records = await openRecords<Note>(watched, slot);
    await operation(records);
  } finally {
    await file.close();
  }
  if (!writes.every(({ flushed }) => flushed)) throw new Error('the last write was not flushed');
  return writes;
}
