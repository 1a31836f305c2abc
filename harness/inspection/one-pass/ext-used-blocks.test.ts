import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { mebibyte, partitionAt } from '../file-systems/fixtures/images.ts';
import { ImageSource } from '../image-source.ts';
import { readExtMap } from './ext-used-blocks.ts';
import type { BlockMap } from './free-space.ts';

/** Each block of a file system as the map says it: `1` used, `0` free. */
async function bitsOf(map: BlockMap, blockBytes: number, blockCount: number): Promise<string> {
  const bits: string[] = [];
  for (let block = 0; block < blockCount; block += 1) {
    const isFree = await map.isFree(block * blockBytes);
    bits.push(isFree === undefined ? '?' : isFree ? '0' : '1');
  }
  return bits.join('');
}

/** The same by debugfs, which does not speak of block 0: the boot sector's, or the superblock's. */
async function bitsByDebugfs(path: string, blockCount: number): Promise<string> {
  const { stdout } = await runTool('debugfs', ['-R', `testb 1 ${blockCount - 1}`, path]);
  const answers = [...stdout.matchAll(/^Block \d+ (marked in use|not in use)$/gm)];
  return `1${answers.map(([, answer]) => (answer === 'not in use' ? '0' : '1')).join('')}`;
}

const kinds: readonly { name: string; words: string[]; sizeMiB: number; blockBytes: number }[] = [
  { name: 'ext4 as it is made', words: ['-t', 'ext4'], sizeMiB: 160, blockBytes: 4096 },
  { name: 'ext4, blocks of 1 KiB', words: ['-t', 'ext4'], sizeMiB: 40, blockBytes: 1024 },
  {
    name: 'ext4 without 64bit',
    words: ['-t', 'ext4', '-O', '^64bit'],
    sizeMiB: 40,
    blockBytes: 1024,
  },
  {
    name: 'ext4 without flex_bg and checksums',
    words: ['-t', 'ext4', '-O', '^flex_bg,^metadata_csum,uninit_bg'],
    sizeMiB: 60,
    blockBytes: 1024,
  },
  {
    name: 'ext4 with meta_bg',
    words: ['-t', 'ext4', '-O', 'meta_bg,^resize_inode'],
    sizeMiB: 160,
    blockBytes: 1024,
  },
  {
    name: 'ext4 with bigalloc',
    words: ['-t', 'ext4', '-O', 'bigalloc', '-C', '16384'],
    sizeMiB: 160,
    blockBytes: 4096,
  },
  {
    // Its superblock lies in block 1, as always, and its first group begins with block 0.
    name: 'ext4 with bigalloc and blocks of 1 KiB',
    words: ['-t', 'ext4', '-O', 'bigalloc', '-C', '16384'],
    sizeMiB: 60,
    blockBytes: 1024,
  },
  {
    name: 'ext4 with sparse_super2',
    words: ['-t', 'ext4', '-O', 'sparse_super2,^resize_inode'],
    sizeMiB: 60,
    blockBytes: 1024,
  },
  { name: 'ext2', words: ['-t', 'ext2'], sizeMiB: 60, blockBytes: 4096 },
  {
    name: 'ext2 of the first revision',
    words: ['-t', 'ext2', '-r', '0'],
    sizeMiB: 30,
    blockBytes: 1024,
  },
  { name: 'ext3', words: ['-t', 'ext3'], sizeMiB: 60, blockBytes: 4096 },
];

for (const { name, words, sizeMiB, blockBytes } of kinds) {
  t.test(`${name}: every block as debugfs says`, async (t) => {
    const folder = t.testdir();
    const path = join(folder, 'fs');
    const blockCount = (sizeMiB * mebibyte) / blockBytes - 3;
    await runTool('mke2fs', [
      '-q',
      '-F',
      '-b',
      `${blockBytes}`,
      ...words,
      path,
      `${(blockCount * blockBytes) / 1024}k`,
    ]);
    await writeFile(join(folder, 'file'), Buffer.alloc(3 * mebibyte, 1));
    await runTool('debugfs', ['-w', '-R', `write ${join(folder, 'file')} kept`, path]);
    await runTool('debugfs', ['-w', '-R', `write ${join(folder, 'file')} gone`, path]);
    await runTool('debugfs', ['-w', '-R', 'rm gone', path]);
    const made = Number(/^Block count: +(\d+)$/m.exec((await runTool('dumpe2fs', ['-h', path])).stdout)![1]);
    await using source = await ImageSource.open(path);
    const map = await readExtMap(source, partitionAt(0, source.sizeBytes));
    t.equal(map?.fileSystem, 'ext');
    const bits = await bitsOf(map!, blockBytes, made);
    const expected = await bitsByDebugfs(path, made);
    t.ok(expected.includes('0') && expected.includes('1'));
    t.equal(expected.length, made);
    let differences = 0;
    for (let block = 0; block < made; block += 1) differences += bits[block] === expected[block] ? 0 : 1;
    t.equal(differences, 0);
  });
}

t.test('what is no file system of these, and facts that make no sense', async (t) => {
  const folder = t.testdir();
  const good = join(folder, 'good');
  await runTool('mke2fs', ['-q', '-F', '-t', 'ext4', '-b', '4096', good, '20m']);
  await using goodSource = await ImageSource.open(good);
  const start = await goodSource.read(0, 4096);
  const partition = partitionAt(0, 20 * mebibyte);
  const change = async (name: string, at: number, value: number, bytes = 4) => {
    const path = join(folder, 'changed');
    await runTool('cp', ['--sparse=always', good, path]);
    {
      const changed = Buffer.from(start);
      changed.writeUIntLE(value, 1024 + at, bytes);
      await using file = await open(path, 'r+');
      await file.write(changed, 0, changed.length, 0);
    }
    await using source = await ImageSource.open(path);
    t.equal(await readExtMap(source, partition), undefined, name);
  };
  t.ok(await readExtMap(goodSource, partition));
  await change('no magic', 56, 0, 2);
  await change('blocks of a gibibyte', 24, 20);
  await change('no blocks', 4, 0);
  await change('more blocks than there is room', 4, 5121);
  await change('2^63 blocks', 336, 0x7fffffff);
  await change('no blocks a group', 32, 0);
  await change('more blocks a group than a bitmap has bits', 32, 8 * 4096 + 8);
  await change('blocks a group that end in the middle of a byte', 32, 4097);
  await change('descriptors of 48 bytes', 254, 48, 2);
  await change('descriptors of 64 KiB', 254, 32768, 2);
  await change('a first block that is not there', 20, 7);
  await change('a journal device', 96, 0x8 | 0x2c2);
  for (const [name, bytes] of [
    ['zeros', Buffer.alloc(4096)],
    ['too short', Buffer.alloc(600)],
    ['nothing', Buffer.alloc(0)],
    ['all ones', Buffer.alloc(8192, 0xff)],
  ] as const) {
    await writeFile(join(folder, 'other'), bytes);
    await using source = await ImageSource.open(join(folder, 'other'));
    t.equal(await readExtMap(source, partitionAt(0, bytes.length)), undefined, name);
  }
});

t.test('descriptors that point outside of the file system', async (t) => {
  const path = join(t.testdir(), 'fs');
  await runTool('mke2fs', ['-q', '-F', '-t', 'ext2', '-b', '4096', path, '20m']);
  {
    await using file = await open(path, 'r+');
    await file.write(Buffer.from([0xff, 0xff, 0xff, 0xff]), 0, 4, 4096);
  }
  await using source = await ImageSource.open(path);
  const map = (await readExtMap(source, partitionAt(0, source.sizeBytes)))!;
  t.equal(await map.isFree(0), undefined);
  t.equal(await map.isFree(19 * mebibyte), undefined, 'nothing is called free');
});

t.test('behind the file system is free space, and no bitmap', async (t) => {
  const path = join(t.testdir(), 'fs');
  await runTool('mke2fs', ['-q', '-F', '-t', 'ext2', '-b', '4096', path, '20m']);
  const blockCount = (20 * mebibyte) / 4096;
  {
    await using file = await open(path, 'r+');
    await file.truncate(30 * mebibyte);
  }
  await using whole = await ImageSource.open(path);
  const map = (await readExtMap(whole, partitionAt(0, whole.sizeBytes)))!;
  t.equal(await map.isFree(20 * mebibyte - 1), true);
  t.equal(await map.isFree(25 * mebibyte), true);
  {
    await using file = await open(path, 'r+');
    const place = Buffer.alloc(4);
    place.writeUInt32LE(blockCount + 5);
    await file.write(place, 0, 4, 4096);
  }
  await using changed = await ImageSource.open(path);
  const damaged = (await readExtMap(changed, partitionAt(0, changed.sizeBytes)))!;
  t.equal(await damaged.isFree(5 * mebibyte), undefined, 'a bitmap behind the file system');
  t.equal(await damaged.isFree(25 * mebibyte), true);
});

t.test('groups of billions of blocks, whose bitmaps were never written', async (t) => {
  const path = join(t.testdir(), 'fs');
  const gibibyte = 1024 ** 3;
  const clustersPerGroup = 4088;
  const superblock = Buffer.alloc(1024);
  const set = (at: number, value: number) => superblock.writeUInt32LE(value, at);
  // 8 TiB in blocks of 1 KiB and clusters of a gibibyte: three groups.
  set(0x150, 2);
  set(0x1c, 20);
  set(0x20, clustersPerGroup * 2 ** 20);
  set(0x0, 3 * 8192);
  set(0x28, 8192);
  superblock.writeUInt16LE(0xef53, 0x38);
  set(0x4c, 1);
  superblock.writeUInt16LE(1024, 0x58);
  superblock.writeUInt16LE(64, 0xfe);
  // meta_bg and 64bit; sparse_super, uninit_bg and bigalloc.
  set(0x60, 0x10 | 0x80);
  set(0x64, 0x1 | 0x10 | 0x200);
  set(0x104, 0xffffffff);
  const descriptors = Buffer.alloc(3 * 64);
  for (const group of [0, 1, 2]) descriptors.writeUInt16LE(2, group * 64 + 18);
  const tableBlock = 2 * clustersPerGroup * 2 ** 20 + 3 * 2 ** 20;
  descriptors.writeUInt32LE(tableBlock % 2 ** 32, 2 * 64 + 8);
  descriptors.writeUInt32LE(Math.floor(tableBlock / 2 ** 32), 2 * 64 + 40);
  {
    await using file = await open(path, 'w');
    await file.truncate(2 ** 43);
    await file.write(Buffer.concat([superblock, descriptors]), 0, 1024 + 192, 1024);
  }
  await using source = await ImageSource.open(path);
  const map = (await readExtMap(source, partitionAt(0, source.sizeBytes)))!;
  t.equal(map.blockBytes, gibibyte);
  // Only the last group is kept: each of these makes its bitmap anew.
  for (let round = 0; round < 10; round += 1) {
    t.equal(await map.isFree(7 * gibibyte), false, 'room for descriptors, as the superblock has it');
    t.equal(await map.isFree((clustersPerGroup + 7) * gibibyte), false);
  }
  const third: (boolean | undefined)[] = [];
  for (let cluster = 2 * clustersPerGroup; cluster < 8192; cluster += 1)
    third.push(await map.isFree(cluster * gibibyte));
  t.same(
    third.map((isFree, index) => (isFree ? -1 : index)).filter((index) => index >= 0),
    [3],
    'only the table of inodes',
  );
});
