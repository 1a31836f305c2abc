import { open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makeSmallDisk, sha256Of, smallDisk } from '../witness/fixtures/small-disk.ts';
import { diskMapEvent } from './disk-map-event.ts';
import { takeDiskSnapshot } from './disk-snapshot.ts';

const sectorBytes = 512;
const place = { machine: 'alpha', disk: 'system' };

async function overwrite(path: string, offsetBytes: number, bytes: Buffer): Promise<void> {
  await using file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, offsetBytes);
}

t.test('a map shows partitions, what is in them, and what has changed', async (t) => {
  const path = await makeSmallDisk(t.testdir());
  const digest = await sha256Of(path);
  const before = await takeDiskSnapshot(path);
  t.equal(await sha256Of(path), digest, 'the disk is only read');
  const { fat, root, data } = smallDisk;

  t.equal(before.table, 'dos');
  t.equal(
    before.areas.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    before.sizeBytes,
    'the areas are the whole disk',
  );
  const area = (number: number) => before.areas.find((candidate) => candidate.number === number);
  t.match(area(fat.number), {
    name: 'SYS',
    contents: /^FAT(12|16|32)$/,
    startBytes: fat.firstSector * sectorBytes,
  });
  t.match(area(root.number), { name: 'root', contents: 'ext4, journal clean' });
  t.equal(area(4), undefined, 'an extended partition is only a frame');
  t.ok(area(data.number));

  const again = diskMapEvent(place, await takeDiskSnapshot(path), before);
  t.match(again, { kind: 'disk-map', when: 'after' });
  t.same(changes(again), [], 'nothing has changed');

  const [offsetBytes, inThree] = [root.firstSector * sectorBytes + 1024 * 1024, 3 * 64 * 1024];
  await overwrite(path, offsetBytes, Buffer.alloc(inThree, 0xa5));
  await overwrite(path, 0, Buffer.from('boot'));
  const after = diskMapEvent(place, await takeDiskSnapshot(path), before);
  t.same(changes(after), [
    ['outside of every partition', 64 * 1024],
    ['root', inThree],
  ]);
  t.notOk(changes(diskMapEvent(place, before)).length, 'the first map knows of no change');
});

t.test('zeros that are written are the same as a hole; other bytes are not', async (t) => {
  const path = join(t.testdir(), 'disk.raw');
  await writeFile(path, '');
  await truncate(path, 1024 * 1024 + 512);
  const hole = await takeDiskSnapshot(path);
  t.match(hole, { table: 'none', areas: [{ name: 'outside of every partition', contents: 'zeros' }] });
  await overwrite(path, 300_000, Buffer.alloc(200_000));
  t.same(changes(diskMapEvent(place, await takeDiskSnapshot(path), hole)), []);
  // The last piece is shorter than the others, and this is the last byte of all.
  await overwrite(path, 1024 * 1024 + 511, Buffer.from('x'));
  const written = await takeDiskSnapshot(path);
  t.same(changes(diskMapEvent(place, written, hole)), [['outside of every partition', 64 * 1024]]);
  t.equal(written.areas[0]?.contents, 'data');
});

t.test('what hostile guests write is shown as far as it can be true', async (t) => {
  const path = await makeSmallDisk(t.testdir());
  // A partition that reaches beyond the disk's end, and a label of control characters.
  await overwrite(path, 446 + 12, Buffer.from([0xff, 0xff, 0xff, 0x7f]));
  await overwrite(
    path,
    smallDisk.root.firstSector * sectorBytes + 1024 + 120,
    Buffer.from('\x1b[2J</script>'),
  );
  const snapshot = await takeDiskSnapshot(path);
  t.equal(
    snapshot.areas.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    snapshot.sizeBytes,
  );
});

function changes(event: ReturnType<typeof diskMapEvent>): [name: string, changedBytes: number][] {
  if (event.kind !== 'disk-map') throw new Error(event.kind);
  return event.areas.flatMap(({ name, changedBytes = 0 }) =>
    changedBytes === 0 ? [] : [[name, changedBytes] as [string, number]],
  );
}
