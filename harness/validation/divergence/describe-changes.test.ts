import { createHash, hash } from 'node:crypto';
import { open, readFile, truncate, writeFile } from 'node:fs/promises';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import type { ChangedFile, CloneChanges } from './clone-changes.ts';
import { countChangedBlocks, describeChanges } from './describe-changes.ts';
import { changedCopy, makeDividedDisk, overlayOf, partitions } from './fixtures/divided-disk.ts';
import { makeOverlay } from './fixtures/overlay.ts';

const { signal } = new AbortController();
const describe = (master: string, disk: string) => describeChanges(master, disk, { name: 'clone-1', signal });
const random = createHash('sha512').update('a key').digest();

const files = {
  boot: { kernel: 'a kernel\n' },
  root: { '/etc/hostname': 'nas\n', '/etc/old': 'old\n', '/etc/same': 'same\n', '/var/log/boot': 'x\n' },
};

/** A block's number with its place, as `5 partition 1`. */
const blocksOf = ({ blocks, places }: CloneChanges) =>
  [...blocks].map(({ number, place }) => `${number} ${places[place]}`);
const byPlace = (found: readonly ChangedFile[]) => [...found].sort((a, b) => (a.where < b.where ? -1 : 1));

t.test('blocks that were written with what they held before have not changed', async (t) => {
  const master = await makeDividedDisk(t.testdir(), files);
  const copy = await changedCopy(master, 'copy', {});
  t.equal(await countChangedBlocks(master, await overlayOf(master, copy), signal), 0);
  const spare = partitions.spare.at;
  const overlay = await makeOverlay(master, [
    `write -P 0x33 ${spare} 8k`,
    // Zeros over zeros, in the way of blkdiscard.
    `write -z ${spare + 65_536} 1M`,
    `write -P 0x44 ${spare + 2 * 1024 ** 2 + 700} 10`,
  ]);
  const changes = await describe(master, overlay);
  const first = spare / 4096;
  t.same(
    blocksOf(changes),
    [first, first + 1, first + 512].map((number) => `${number} partition 3`),
  );
  t.equal(changes.blocks.total, 3);
  const [{ hash: digest } = {}] = changes.blocks;
  t.equal(digest, hash('sha256', Buffer.alloc(4096, 0x33), 'buffer').readBigUInt64LE());
  t.match(changes, { files: [], missing: [], inUse: [], outside: [] });
});

t.test('what was made zeros has changed where it was none', async (t) => {
  const master = await makeDividedDisk(t.testdir(), files);
  const overlay = await makeOverlay(master, ['write -z 0 64k']);
  const changes = await describe(master, overlay);
  t.same(blocksOf(changes), ['0 outside of partitions']);
  t.same(changes.outside, [{ offsetBytes: 0, lengthBytes: 512 }]);
});

t.test('a raw copy with holes where the master has data, and data where it has holes', async (t) => {
  const master = await makeDividedDisk(t.testdir(), files);
  const { at, size } = partitions.spare;
  const bytes = await readFile(master);
  bytes.fill(0x33, at + size - 8192, at + size);
  const copy = `${master}.copy`;
  await writeFile(copy, bytes);
  await truncate(copy, at + size - 4096);
  await truncate(copy, bytes.length);
  const last = (at + size) / 4096 - 1;
  t.same(blocksOf(await describe(master, copy)), [`${last - 1} partition 3`]);
  const file = await open(master, 'r+');
  await file.write(bytes, at + size - 8192, 8192, at + size - 8192);
  await file.close();
  t.same(blocksOf(await describe(master, copy)), [`${last} partition 3`]);
});

t.test('a block on the edge of a partition belongs to both', async (t) => {
  const master = await makeDividedDisk(t.testdir(), files);
  await runTool('sfdisk', ['--quiet', master], {
    input: 'label: dos\nstart=2049, size=100, type=83\nstart=2149, size=100, type=83\n',
  });
  const overlay = await makeOverlay(master, [
    `write -P 0x33 ${2048 * 512} 1k`,
    `write -P 0x34 ${2148 * 512} 1k`,
  ]);
  const changes = await describe(master, overlay);
  t.same(blocksOf(changes), [
    '256 outside of partitions',
    '256 partition 1',
    '268 partition 1',
    '268 partition 2',
  ]);
  t.equal(changes.blocks.total, 2, 'each counts once');
  const beside = await makeOverlay(master, [`write -P 0x33 ${2149 * 512} 512`], { name: 'beside' });
  t.same(
    blocksOf(await describe(master, beside)),
    ['268 partition 2'],
    'but not to the one that is as it was',
  );
  t.same(changes.outside, [{ offsetBytes: 2048 * 512, lengthBytes: 512 }]);
});

t.test('files that were made, changed and removed', async (t) => {
  const master = await makeDividedDisk(t.testdir(), files);
  const copy = await changedCopy(master, 'copy', {
    boot: { kernel: 'a Kernel\n', extra: 'more\n' },
    root: { '/etc/hostname': 'nas-7\n', '/etc/same': 'same\n', '/var/log/key': random },
    removed: ['/etc/old'],
  });
  for (const disk of [await overlayOf(master, copy), copy]) {
    const changes = await describe(master, disk);
    t.match(
      byPlace(changes.files),
      [
        { where: 'partition 1, /extra', how: 'made', sizeBytes: 5 },
        { where: 'partition 1, /kernel', how: 'changed', sizeBytes: 9 },
        { where: 'partition 2, /etc/hostname', how: 'changed', kind: 'file', sizeBytes: 6 },
        { where: 'partition 2, /etc/old', how: 'removed', sizeBytes: 4 },
        {
          ...{ where: 'partition 2, /var/log/key', how: 'made', sizeBytes: 64 },
          ...{ sha256: hash('sha256', random), likeness: 'secret-name', entropyBits: Number },
        },
      ],
      disk,
    );
    t.equal(changes.files.length, 5, 'the same content in a new inode is no change');
    t.same([changes.missing, changes.inUse, changes.outside], [[], [], []]);
    t.same(
      new Set(blocksOf(changes).map((text) => text.replace(/^\d+ /, ''))),
      new Set(['partition 1', 'partition 2']),
    );
  }
});

t.test('partitions that the clone has made or made anew', async (t) => {
  const master = await makeDividedDisk(t.testdir(), files);
  const copy = await changedCopy(master, 'copy', {});
  const { at, size } = partitions.spare;
  await runTool('mke2fs', ['-q', '-t', 'ext4', '-E', `offset=${at}`, copy, `${size / 1024}k`]);
  const fourth = 29 * 1024 ** 2;
  await runTool('sfdisk', ['--quiet', '--append', copy], {
    input: `start=${fourth / 512}, size=2MiB, type=83\n`,
  });
  const file = await readFile(copy);
  file.fill(0x33, fourth, fourth + 4096);
  await writeFile(copy, file);
  const changes = await describe(master, copy);
  t.match(changes.files, [{ where: 'partition 3, /lost+found', how: 'made', kind: 'folder' }]);
  t.ok(blocksOf(changes).includes(`${fourth / 4096} partition 4`), 'what it has made is no place outside');
  t.same(changes.outside, [{ offsetBytes: 0, lengthBytes: 512 }], 'but the table is');
});

t.test('what cannot be compared is said', async (t) => {
  const master = await makeDividedDisk(t.testdir(), files);
  const copy = await changedCopy(master, 'copy', { root: { '/etc/hostname': 'nas-7\n' } });
  const file = await readFile(copy);
  const superblock = partitions.root.at + 1024;
  // s_feature_incompat: needs_recovery.
  file.writeUInt32LE(file.readUInt32LE(superblock + 96) | 4, superblock + 96);
  file.write('XFSB', partitions.spare.at, 'latin1');
  file.writeUInt32BE(4096, partitions.spare.at + 4);
  await writeFile(copy, file);
  const changes = await describe(master, copy);
  t.match(changes.inUse, ['partition 2']);
  t.match(changes.missing, [/^partition 3: file-system-not-looked-into/]);
});

t.test('it ends when it is told to', async (t) => {
  const master = await makeDividedDisk(t.testdir(), files);
  const copy = await changedCopy(master, 'copy', {});
  const overlay = await overlayOf(master, copy);
  await t.rejects(
    describeChanges(master, overlay, { name: 'x', signal: AbortSignal.abort(new Error('enough')) }),
  );
});
