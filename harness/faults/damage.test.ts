import { chmod, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { largeContent, makeSmallDisk, sha256Of, smallDisk } from '../witness/fixtures/small-disk.ts';
import { inspectDisk } from '../witness/index.ts';
import { damageBytes, damageFile, damageFileSystem } from './index.ts';

t.test('damaged bytes are exactly those, and proved', async (t) => {
  const folder = t.testdir({ disk: Buffer.alloc(4096, 'a').toString() });
  const disk = join(folder, 'disk');
  const before = await readFile(disk);
  const injection = await damageBytes(disk, { at: 1000, count: 24, how: 'flip' });
  const after = await readFile(disk);
  t.ok(after.subarray(0, 1000).equals(before.subarray(0, 1000)));
  t.ok(after.subarray(1000, 1024).every((byte) => byte === (0x61 ^ 0xff)));
  t.ok(after.subarray(1024).equals(before.subarray(1024)));
  t.match(injection, {
    sentence: 'damaged 24 B of the bytes from 1000 (flip), 24 bytes changed',
    diskPath: disk,
    where: [{ offsetBytes: 1000, lengthBytes: 24 }],
    bytesChanged: 24,
  });
  t.not(injection.beforeSha256, injection.afterSha256);
  t.equal(
    (await damageBytes(disk, { at: 1000, count: 24, how: 'flip' })).afterSha256,
    injection.beforeSha256,
  );
  t.equal((await damageBytes(disk, { at: 0, count: 4096, how: 'zero' })).bytesChanged, 4096);
});

t.test('noise follows from its seed, which is told', async (t) => {
  const folder = t.testdir({});
  const disk = join(folder, 'disk');
  const damage = async (seed?: string) => {
    await writeFile(disk, Buffer.alloc(3 * 1024 ** 2));
    const at = { at: 512, count: 2 * 1024 ** 2, how: 'random' } as const;
    return damageBytes(disk, seed === undefined ? at : { ...at, seed });
  };
  const one = await damage('seven');
  t.match(
    one.sentence,
    /^damaged 2 MiB of the bytes from 512 \(random, seed seven\), 20\d{5} bytes changed$/,
  );
  t.equal((await damage('seven')).afterSha256, one.afterSha256);
  t.not((await damage('eight')).afterSha256, one.afterSha256);
  const drawn = await damage();
  t.match(drawn.seed, /^[0-9a-f]{16}$/);
  t.equal((await damage(drawn.seed)).afterSha256, drawn.afterSha256);
});

t.test('a fault without effect is an error of the harness', async (t) => {
  const folder = t.testdir({ disk: '\0'.repeat(1024) });
  const disk = join(folder, 'disk');
  const facts = { code: 'FAULTS_NO_EFFECT', blame: 'harness' };
  await t.rejects(damageBytes(disk, { at: 0, count: 1024, how: 'zero' }), facts);
});

t.test('what may not be damaged stays as it is', async (t) => {
  const folder = t.testdir({ disk: 'x'.repeat(1024), master: 'x'.repeat(1024), folder: {} });
  const disk = join(folder, 'disk');
  const master = join(folder, 'master');
  await chmod(master, 0o444);
  const refused = { code: 'FAULTS_TARGET_INVALID', blame: 'usage' };
  await t.rejects(damageBytes(master, { at: 0, count: 1, how: 'flip' }), refused);
  await t.rejects(damageBytes(disk, { at: 1000, count: 25, how: 'flip' }), refused);
  await t.rejects(damageBytes(disk, { at: -1, count: 2, how: 'flip' }), refused);
  await t.rejects(damageBytes(disk, { at: 0, count: 0, how: 'flip' }), refused);
  await t.rejects(damageBytes(join(folder, 'none'), { at: 0, count: 1, how: 'flip' }), refused);
  await t.rejects(damageBytes(join(folder, 'folder'), { at: 0, count: 1, how: 'flip' }), refused);
  t.equal(await readFile(disk, 'utf8'), 'x'.repeat(1024));
  t.equal(await readFile(master, 'utf8'), 'x'.repeat(1024));
});

t.test('the beginning of a file can be left as it is', async (t) => {
  const folder = t.testdir({});
  const path = await makeSmallDisk(folder);
  const look = async () => {
    await using disk = await inspectDisk(path, { scratchFolder: folder });
    return Buffer.from(await (await disk.partition(2)).read('/large'));
  };
  const before = await look();
  const part = { skipBytes: 5000, atMostBytes: 3000 };
  await damageFile(path, { partition: 2, path: '/large', how: 'flip', ...part, scratchFolder: folder });
  const after = await look();
  const changed = [...before.keys()].filter((index) => before[index] !== after[index]);
  t.same([changed.at(0), changed.at(-1), changed.length], [5000, 7999, 3000]);
});

t.test('a file in ext4 and one in FAT are damaged where they lie, and nothing else is', async (t) => {
  const folder = t.testdir({});
  const path = await makeSmallDisk(folder);
  const original = join(folder, 'original');
  await writeFile(original, await readFile(path));
  for (const [partition, file] of [
    [2, '/large'],
    [1, '/folder/A long name.txt'],
  ] as const) {
    const options = { partition, path: file, how: 'random', seed: 's', scratchFolder: folder } as const;
    const injection = await damageFile(path, { ...options, atMostBytes: 2000 });
    t.match(injection.sentence, `of ${file} in partition ${partition} (random, seed s)`);
    t.not(injection.fileSha256.before, injection.fileSha256.after);
    await using disk = await inspectDisk(path, { scratchFolder: folder });
    const inspected = await disk.partition(partition);
    const content = await inspected.read(file);
    t.equal(content.length, largeContent.length);
    t.notOk(content.subarray(0, 2000).equals(largeContent.subarray(0, 2000)));
    t.ok(content.subarray(2000).equals(largeContent.subarray(2000)));
    t.match(await inspected.check(), { isSound: true }, 'the file system itself is whole');
    await using unharmed = await inspectDisk(original);
    const { sectorsByPlace } = await disk.compareWith(unharmed);
    t.equal(sectorsByPlace[`partition ${partition}`], 4);
  }
  const whole = await damageFile(path, { partition: 2, path: '/large', how: 'zero', scratchFolder: folder });
  t.equal(
    whole.where.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
    largeContent.length,
  );
  await t.rejects(damageFile(path, { partition: 2, path: '/empty', how: 'flip' }), {
    code: 'FAULTS_TARGET_INVALID',
  });
  await t.rejects(damageFile(path, { partition: 2, path: '/none', how: 'flip' }), {
    code: 'WITNESS_PATH_MISSING',
  });
});

t.test('file systems are damaged at their root', async (t) => {
  const folder = t.testdir({});
  const path = await makeSmallDisk(folder);
  const scratchFolder = folder;
  const first = await damageFileSystem(path, { partition: 2, how: 'zero', scratchFolder });
  const start = smallDisk.root.firstSector * 512;
  t.same(first.where, [{ offsetBytes: start + 1024, lengthBytes: 1024 }]);
  const all = await damageFileSystem(path, { partition: 5, how: 'random', copies: 'all', scratchFolder });
  t.ok(all.where.length > 1);
  for (const { offsetBytes } of all.where.slice(1)) {
    t.equal(
      (offsetBytes - smallDisk.data.firstSector * 512 - 1024) % (8192 * 1024),
      0,
      'a group begins there',
    );
  }
  const fat = await damageFileSystem(path, { partition: 1, how: 'zero', scratchFolder });
  t.same(fat.where, [{ offsetBytes: smallDisk.fat.firstSector * 512, lengthBytes: 512 }]);
  await using disk = await inspectDisk(path, { scratchFolder });
  for (const number of [1, 2, 5]) {
    t.match(await (await disk.partition(number)).check(), { isSound: false }, `partition ${number}`);
  }
  await t.rejects(damageFileSystem(path, { partition: 2, how: 'zero', scratchFolder }), {
    code: 'WITNESS_FILE_SYSTEM_UNREADABLE',
  });
});

t.test('copies of a superblock lie where the damage was done', async (t) => {
  const folder = t.testdir({});
  const path = await makeSmallDisk(folder);
  await using file = await open(path, 'r');
  await using disk = await inspectDisk(path, { scratchFolder: folder });
  for (const { offsetBytes } of await (await disk.partition(2)).superblocks()) {
    const magic = Buffer.alloc(2);
    await file.read(magic, 0, 2, offsetBytes + 56);
    t.equal(magic.readUInt16LE(), 0xef53);
  }
  t.equal((await sha256Of(path)).length, 64);
});
