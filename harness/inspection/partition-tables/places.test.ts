import t from 'tap';
import { builtGpt } from './fixtures/built-gpt.ts';
import { builtMbr, writeBootRecord } from './fixtures/built-mbr.ts';
import { evidenceOf, kindsOf, mebibyte, placesOf, reading } from './fixtures/readings.ts';

const size = 16 * mebibyte;

async function withEntries(...entries: [first: number, count: number, type?: number][]) {
  const built = entries.map(([first, count, type = 0x83], index) => ({
    ...{ first, count, type, flag: index === 0 ? 0x80 : 0 },
  }));
  return await reading(builtMbr(size, built));
}

t.test('alignment', async (t) => {
  t.same(kindsOf(await withEntries([63, 32705])), ['partition-misaligned']);
  t.same(kindsOf(await withEntries([64, 32704])), ['partition-not-on-mebibyte']);
  const biosBoot = { first: 35, last: 2047, type: '21686148-6449-6e6f-744e-656564454649' };
  t.same(kindsOf(await reading(builtGpt(size, [biosBoot, { first: 2048, last: 32700 }]))), []);
});

t.test('overlaps', async (t) => {
  const two = await withEntries([2048, 4096], [4096, 28672]);
  t.same(kindsOf(two), ['partition-overlap']);
  t.match(two.findings[0], {
    where: 'partitions 1 and 2',
    evidence: 'partition 1 takes sectors 2048 to 6143, partition 2 takes sectors 4096 to 32767',
  });
  t.equal(two.partitions.length, 2, 'both are listed');
  t.same(kindsOf(await withEntries([2048, 4096], [6144, 26624])), [], 'neighbours');
  const inside = await withEntries([2048, 30720], [4096, 2048], [8192, 2048]);
  t.equal(evidenceOf(inside, 'partition-overlap').length, 2, 'two in a large one');
});

t.test('an extended partition overlaps its neighbours, not its own drives', async (t) => {
  const disk = builtMbr(size, [
    { type: 0x83, first: 2048, count: 6144, flag: 0x80 },
    { type: 5, first: 6144, count: 26624 },
  ]);
  writeBootRecord(disk, 6144, [{ type: 0x83, first: 4096, count: 22528 }]);
  t.same(kindsOf(await reading(disk)), ['hole-in-table', 'partition-over-table', 'partition-overlap']);
});

t.test('partitions over the table', async (t) => {
  t.same(kindsOf(await withEntries([0, 32768, 0xcd])), [
    'partition-from-sector-zero',
    'partition-type-unknown',
  ]);
  const gpt = await reading(builtGpt(size, [{ first: 2048, last: 32767 }]));
  t.same(kindsOf(gpt), ['gpt-outside-usable', 'partition-over-table']);
  const ranges = gpt.findings.filter(({ kind }) => kind === 'partition-over-table');
  t.match(ranges, [{ where: 'partition 1', range: { offsetBytes: size - 512, lengthBytes: 512 } }]);
});

t.test('beyond the end of the disk', async (t) => {
  const found = await withEntries([2048, 0xffffffff], [0xfffff800, 0xffffffff]);
  t.same(kindsOf(found), ['partition-beyond-disk', 'partition-overlap']);
  t.same(placesOf(found), [[1, mebibyte, 15 * mebibyte]]);
});

t.test('holes and the end, from a mebibyte on', async (t) => {
  const found = await withEntries([4096, 2048], [8192, 2048]);
  t.same(kindsOf(found), ['hole-in-table', 'unused-end']);
  t.match(found.findings, [
    { kind: 'hole-in-table', evidence: '2.0 MiB from byte 512 on' },
    { kind: 'hole-in-table', range: { offsetBytes: 3 * mebibyte, lengthBytes: mebibyte } },
    { kind: 'unused-end', evidence: '11 MiB from byte 5242880 on' },
  ]);
  t.same(kindsOf(await withEntries([2048, 28673])), [], 'a little less than a mebibyte');
});
