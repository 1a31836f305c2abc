import t, { type Test } from 'tap';
import { findDisk, findPartition, findRecord, partitionDevice } from './find-in-layout.ts';
import { chooseLicenceLevel } from './licence-level.ts';
import { readLayout } from './read-layout.ts';
import { type ResolvedDisk, resolveDisk, resolveLayout } from './resolve-layout.ts';
import { encodeSealedLayout, readSealedLayout } from './sealed-layout.ts';

const headless = await readLayout('images/layouts/headless.yaml');
const singleDisk = await readLayout('images/layouts/headless-single-disk.yaml');
const mebibyteSectors = 2048;

t.test('partitions have the numbers that device names have', async (t) => {
  const numbers = (disk: ResolvedDisk) => disk.partitions.map(({ role, number }) => `${number} ${role}`);
  t.same(resolveLayout(headless).disks.map(numbers), [
    [
      '1 primary-system',
      '2 emergency-system',
      '3 primary-root',
      '5 emergency-root',
      '6 data',
      '7 setup',
      '8 backup',
      '9 settings',
    ],
    ['1 data2'],
  ]);
  t.match(numbers(resolveLayout(singleDisk).disks[0]!), ['1 primary-system', '2 emergency-system']);
  t.equal(findPartition(resolveLayout(singleDisk), 'data2').partition.number, 7);
});

t.test(
  'on a disk of any size nothing overlaps, everything is aligned, and the rest is used up',
  async (t) => {
    for (const layout of [headless, singleDisk]) {
      for (const sizeBytes of [1536 * 1024 ** 2, 1536 * 1024 ** 2 + 512, 3 * 1024 ** 3 + 7 * 512, 2 ** 40]) {
        const disk = resolveLayout(layout, { system: sizeBytes }).disks[0]!;
        checkPlacement(t, disk, sizeBytes);
      }
    }
  },
);

function checkPlacement(t: Test, disk: ResolvedDisk, sizeBytes: number): void {
  const diskSectors = Math.floor(sizeBytes / 512);
  let endSector = mebibyteSectors;
  for (const { kind, firstSector, sectors, extendedBootRecordSector } of disk.partitions) {
    if (kind === 'logical') t.equal(extendedBootRecordSector, endSector);
    t.equal(firstSector, kind === 'logical' ? endSector + mebibyteSectors : endSector);
    t.equal(firstSector % mebibyteSectors, 0);
    endSector = firstSector + sectors;
  }
  t.ok(endSector <= diskSectors && endSector > diskSectors - mebibyteSectors, 'less than a mebibyte is left');
  const { firstSector, sectors } = disk.extended!;
  t.equal(firstSector + sectors, endSector, 'the extended partition ends with its last drive');
}

t.test('a disk that is too small is refused, one that just fits is not', async (t) => {
  const needed = 951 * 1024 ** 2;
  t.equal(resolveDisk(headless.disks[0]!, needed).partitions.length, 8);
  t.throws(() => resolveDisk(headless.disks[0]!, needed - 512), {
    code: 'CORE_LAYOUT_DOES_NOT_FIT',
    message: /expected: 951 MiB or more/,
  });
});

t.test('copies of records lie eight sectors apart', async (t) => {
  t.same(findRecord(resolveLayout(headless), 'system', 'licence'), { kind: 'licence', sectors: [128, 136] });
  t.same(findRecord(resolveLayout(headless), 'data', 'signature').sectors, [64, 72]);
});

t.test('what a layout lacks is named', async (t) => {
  const layout = resolveLayout(singleDisk);
  t.throws(() => findDisk(layout, 'data'), { code: 'CORE_LAYOUT_PART_MISSING', message: /disk "data"/ });
  t.throws(() => findRecord(resolveLayout(headless), 'data', 'licence'), {
    code: 'CORE_LAYOUT_PART_MISSING',
  });
  const withoutData = { ...layout, disks: [] };
  t.throws(() => findPartition(withoutData, 'data'), { code: 'CORE_LAYOUT_PART_MISSING' });
});

t.test('partition devices have the names that Linux gives', async (t) => {
  t.equal(partitionDevice('/dev/vda', 5), '/dev/vda5');
  t.equal(partitionDevice('/dev/nvme0n1', 5), '/dev/nvme0n1p5');
  t.equal(partitionDevice('/dev/md127', 1), '/dev/md127p1');
});

t.test('the licence is the highest level that the capacity reaches', async (t) => {
  const level = (gibibytes: number) => chooseLicenceLevel(headless.licences, gibibytes * 1024 ** 3);
  t.equal(level(1.5), 'home');
  t.equal(chooseLicenceLevel(headless.licences, 2 * 1024 ** 3 - 1), 'home');
  t.equal(level(2), 'office');
  t.equal(level(8), 'enterprise');
  t.equal(level(8000), 'enterprise');
  const demanding = [{ level: 'large', minimumCapacity: 100 }];
  t.throws(() => chooseLicenceLevel(demanding, 99), { code: 'CORE_LICENCE_MISSING' });
});

t.test('the sealed copy is the resolved layout, and can be laid out on another disk', async (t) => {
  const layout = resolveLayout(headless);
  const folder = t.testdir({ 'layout.json': encodeSealedLayout(layout) });
  const sealed = await readSealedLayout(`${folder}/layout.json`);
  t.same(sealed, layout);
  const declared = sealed.declared.disks[1]!;
  t.equal(resolveDisk(declared, 512 * 1024 ** 2).partitions[0]!.sectors, 511 * mebibyteSectors);
});
