import { createHash } from 'node:crypto';
import { open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makeSmallDisk, sha256Of, smallDisk } from './fixtures/small-disk.ts';
import { inspectDisk } from './index.ts';

const mebibyte = 1024 ** 2;

/** A sparse file with some bytes here and there. */
async function sparseFile(path: string, sizeBytes: number, parts: readonly [number, string | Buffer][]) {
  await writeFile(path, '', { flag: 'a' });
  await truncate(path, sizeBytes);
  const file = await open(path, 'r+');
  for (const [at, bytes] of parts) await file.write(Buffer.from(bytes as string), 0, undefined, at);
  await file.close();
  return path;
}

t.test('needles are found in file systems, deleted or not, with the place where they lie', async (t) => {
  const folder = t.testdir({});
  const path = await makeSmallDisk(folder);
  const layout = {
    role: 'system',
    records: [{ kind: 'licence' as const, sectors: [128] }],
    partitions: [{ role: 'root', number: 2, fileSystem: 'ext4', label: 'root' }],
  };
  const bytes = await open(path, 'r+');
  await bytes.write('KEY', 128 * 512 + 20);
  await bytes.write('KEY', 1000 * 512 + 510);
  await bytes.write('KEY', smallDisk.extended.firstSector * 512 + 100);
  await bytes.close();
  const before = await sha256Of(path);
  await using disk = await inspectDisk(path, { layout });
  const found = await disk.find(['KEY', 'line 2999 of', 'no more\n', Buffer.from('never there')]);
  t.same(
    found.map(({ needle, sector, place }) => [needle, sector, place.name]),
    [
      ['KEY', 128, 'record licence, copy 1'],
      ['KEY', 1000, 'outside of every partition'],
      ['line 2999 of', found[2]!.sector, 'partition 1'],
      ['no more\n', found[3]!.sector, 'partition 2 (root)'],
      ['line 2999 of', found[4]!.sector, 'partition 2 (root)'],
      ['KEY', smallDisk.extended.firstSector, 'extended partition 4'],
    ],
  );
  t.same(found[4]!.place, { kind: 'partition', name: 'partition 2 (root)', partition: 2, role: 'root' });
  t.equal(found[1]!.offsetBytes, 1000 * 512 + 510);
  const root = await disk.partition('root');
  t.equal((await root.find(['line 2999 of', 'KEY'])).length, 1, 'a partition is searched alone');
  t.same(await disk.find([]), []);
  t.equal(await sha256Of(path), before);
});

t.test('needles across borders of chunks and holes', async (t) => {
  const folder = t.testdir({});
  const zeros = Buffer.alloc(3);
  // Data in whole blocks of the host's file system; the rest are holes.
  const path = await sparseFile(join(folder, 'disk'), 16 * mebibyte, [
    [0, Buffer.alloc(2 * mebibyte, 'x')],
    [mebibyte - 3, 'border'],
    [2 * mebibyte - 3, 'end'],
    [8 * mebibyte, 'start'],
    [16 * mebibyte - 3, 'fin'],
  ]);
  await using disk = await inspectDisk(path);
  const offsets = async (needle: string | Buffer) =>
    (await disk.find([needle, 'a longer needle than all the others'])).map(({ offsetBytes }) => offsetBytes);
  t.same(await offsets('border'), [mebibyte - 3]);
  t.same(await offsets(Buffer.concat([Buffer.from('end'), zeros])), [2 * mebibyte - 3]);
  t.same(await offsets(Buffer.concat([zeros, Buffer.from('start')])), [8 * mebibyte - 3]);
  t.same(await offsets('fin'), [16 * mebibyte - 3]);
  const needles = ['xx', 'a longer needle than all the others'];
  t.equal((await disk.find(needles, { limit: 3 * mebibyte })).length, 2 * mebibyte - 11, 'each, once');
});

t.test('searches that make no sense, or find too much', async (t) => {
  const path = await sparseFile(join(t.testdir({}), 'disk'), mebibyte, [[0, 'aaaaaaaaaa']]);
  await using disk = await inspectDisk(path);
  await t.rejects(disk.find(['']), { code: 'WITNESS_USAGE' });
  await t.rejects(disk.find([Buffer.alloc(20)]), { code: 'WITNESS_USAGE' });
  await t.rejects(disk.find(['a'], { limit: 9 }), { code: 'WITNESS_TOO_MANY_FINDS' });
  t.equal((await disk.find(['a'], { limit: 10 })).length, 10);
});

t.test('sectors, zeros and digests', async (t) => {
  const folder = t.testdir({});
  const path = await sparseFile(join(folder, 'disk'), 8 * mebibyte, [[5 * mebibyte + 511, 'ab']]);
  await using disk = await inspectDisk(path);
  const sector = (5 * mebibyte) / 512;
  t.equal(disk.sectorCount, 16_384);
  t.equal((await disk.sectors(sector, 2)).toString('latin1', 511, 513), 'ab');
  t.equal(await disk.isZero(), false);
  t.equal(await disk.isZero(0, sector), true);
  t.equal(await disk.isZero(sector, 1), false);
  t.equal(await disk.isZero(sector + 1, 1), false);
  t.equal(await disk.isZero(sector + 2), true);
  t.equal(await disk.sha256(), await sha256Of(path), 'holes are hashed as zeros');
  const range = await disk.sectors(sector, 2);
  t.equal(
    await disk.sha256({ firstSector: sector, sectorCount: 2 }),
    createHash('sha256').update(range).digest('hex'),
  );
  for (const [first, count] of [
    [16_384, 1],
    [-1, 1],
    [0, 0.5],
    [16_383, 2],
  ] as const) {
    await t.rejects(disk.sectors(first, count), { code: 'WITNESS_USAGE' });
  }
});

t.test('two disks are compared', async (t) => {
  const folder = t.testdir({});
  const one = await makeSmallDisk(folder, 'one');
  await using disk = await inspectDisk(one);
  const other = await sparseFile(join(folder, 'other'), 0, []);
  await writeFile(other, await disk.sectors(0, disk.sectorCount));
  {
    await using same = await inspectDisk(other);
    t.same(await disk.compareWith(same), {
      ...{ isEqual: true, ranges: [], isComplete: true, differingSectors: 0, sectorsByPlace: {} },
      sizesBytes: [disk.sizeBytes, disk.sizeBytes],
    });
  }
  const file = await open(other, 'r+');
  await file.write(Buffer.alloc(3 * 512, 0xee), 0, undefined, 2046 * 512);
  await file.write(Buffer.from([0x99]), 0, undefined, smallDisk.data.firstSector * 512 + 700);
  await file.truncate(disk.sizeBytes + mebibyte);
  await file.close();
  await using changed = await inspectDisk(other);
  const comparison = await disk.compareWith(changed);
  t.same(
    comparison.ranges.map(({ firstSector, sectorCount, place }) => [firstSector, sectorCount, place.name]),
    [
      [2046, 2, 'outside of every partition'],
      [2048, 1, 'partition 1'],
      [smallDisk.data.firstSector + 1, 1, 'partition 5'],
      [smallDisk.sectors, 2048, 'outside of every partition'],
    ],
  );
  t.match(comparison, {
    ...{ isEqual: false, isComplete: true, differingSectors: 2052 },
    sectorsByPlace: { 'partition 1': 1, 'partition 5': 1, 'outside of every partition': 2050 },
  });
  const short = await disk.compareWith(changed, { limit: 1 });
  t.match(short, { isComplete: false, differingSectors: 2052, ranges: [{ firstSector: 2046 }] });
  t.equal(short.ranges.length, 1);
});
