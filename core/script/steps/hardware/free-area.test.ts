import t from 'tap';
import { fakeDiskAccess } from '../fixtures/fake-disk-access.ts';
import type { HardwareDisk } from './disks.ts';
import { findFreeArea } from './free-area.ts';

const mebibytes = 16;

function disk(partitions: [number, number][], changes: Partial<HardwareDisk> = {}): HardwareDisk {
  return {
    ...{ name: 'vda', device: '/dev/vda', port: '/pci', sizeBytes: mebibytes * 1024 ** 2 },
    ...{ isOptical: false, isRemovable: false, isHeld: false },
    partitions: partitions.map(([firstSector, sectors], index) => {
      const name = `vda${index + 1}`;
      return { name, device: `/dev/${name}`, firstSector, sectors };
    }),
    ...changes,
  };
}

/** A disk whose master boot record has these entries: type, first sector, sectors. */
function content(entries: [number, number, number][] = []): Buffer {
  const bytes = Buffer.alloc(mebibytes * 1024 ** 2);
  for (const [index, [type, first, sectors]] of entries.entries()) {
    bytes[446 + index * 16 + 4] = type;
    bytes.writeUInt32LE(first, 446 + index * 16 + 8);
    bytes.writeUInt32LE(sectors, 446 + index * 16 + 12);
  }
  if (entries.length > 0) bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}

async function areaOf(...[one, bytes]: [HardwareDisk, Buffer]) {
  return await findFreeArea(one, fakeDiskAccess(bytes));
}

t.test(
  'the last whole MiB that no partition covers, but not the first and the last of the disk',
  async (t) => {
    t.same(await areaOf(disk([[2048, 2048]]), content()), { firstSector: 14 * 2048 });
    t.same(await areaOf(disk([[2048, 12 * 2048 + 1]]), content()), { firstSector: 14 * 2048 });
    t.match(await areaOf(disk([[2048, 13 * 2048 + 1]]), content()), { reason: /no MiB free/ });
    t.match(await areaOf(disk([[4095, 15 * 2048]]), content()), { reason: /no MiB free/ });
    t.same(await areaOf(disk([[4096, 14 * 2048]]), content()), { firstSector: 2048 });
  },
);

t.test('a gap between partitions is found', async (t) => {
  const gap = disk([
    [2048, 3 * 2048],
    [5 * 2048 + 100, 11 * 2048 - 100],
  ]);
  t.same(await areaOf(gap, content()), { firstSector: 4 * 2048 });
});

t.test('what an extended partition has between its drives is no gap', async (t) => {
  const drives = disk([
    [2048, 2],
    [4096, 2048],
    [7 * 2048, 2048],
  ]);
  t.same(await areaOf(drives, content([[0x0f, 2048, 10 * 2048]])), { firstSector: 14 * 2048 });
  t.match(await areaOf(drives, content([[0x05, 2048, 15 * 2048]])), { reason: /no MiB free/ });
});

t.test('a protective entry covers nothing: the partitions of the GPT do', async (t) => {
  const table = content([[0xee, 1, mebibytes * 2048 - 1]]);
  t.same(await areaOf(disk([[2048, 2048]]), table), { firstSector: 14 * 2048 });
});

t.test('a disk without partitions has to be blank at both ends', async (t) => {
  t.same(await areaOf(disk([]), content()), { firstSector: 14 * 2048 });
  for (const place of [1080, mebibytes * 1024 ** 2 - 1]) {
    const used = content();
    used[place] = 1;
    t.match(await areaOf(disk([]), used), { reason: /not blank/ }, `byte ${place}`);
  }
});

t.test('a disk that ends off the MiB is looked at to its last sector', async (t) => {
  const bytes = Buffer.alloc(mebibytes * 1024 ** 2 + 512 * 9);
  const odd = disk([], { sizeBytes: bytes.length });
  t.same(await areaOf(odd, bytes), { firstSector: 14 * 2048 });
  bytes[bytes.length - 1] = 1;
  t.match(await areaOf(odd, bytes), { reason: /not blank/ });
});

t.test('a disk that an array uses is left alone', async (t) => {
  t.match(await areaOf(disk([], { isHeld: true }), content()), { reason: /array/ });
});
