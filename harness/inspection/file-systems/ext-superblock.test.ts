import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { type ExtSuperblock, parseExtSuperblock } from './ext-superblock.ts';
import { makeExt, mebibyte } from './fixtures/images.ts';

const folder = t.testdir({ tree: {} });
const path = join(folder, 'ext');

async function superblockOf(
  options: readonly string[],
  change: (bytes: Buffer) => void = () => {},
): Promise<ExtSuperblock> {
  await makeExt(path, join(folder, 'tree'), options, 64 * mebibyte);
  const bytes = (await readFile(path)).subarray(1024, 2048);
  change(bytes);
  return parseExtSuperblock(bytes)!;
}

t.test('sizes that mke2fs makes are none that cannot be', async (t) => {
  for (const [options, expected] of [
    [['-t', 'ext4'], { clusterBytes: 4096, groupCount: 1, journalUuid: undefined, journalDevice: 0 }],
    [['-t', 'ext2', '-b', '1024'], { clusterBytes: 1024, groupCount: 8, firstDataBlock: 1 }],
    [
      ['-t', 'ext4', '-b', '1024', '-O', 'bigalloc', '-C', '8192'],
      { clusterBytes: 8192, groupCount: 1, firstDataBlock: 0 },
    ],
    [['-t', 'ext4', '-O', 'sparse_super2,^resize_inode', '-b', '1024'], { backupGroups: [1, 7] }],
  ] as const) {
    const superblock = await superblockOf(['-b', '4096', ...options]);
    t.match(superblock, expected, options.join(' '));
    t.same(superblock.contradictions, [], options.join(' '));
  }
});

t.test('what cannot be', async (t) => {
  const bigalloc = ['-t', 'ext4', '-b', '1024', '-O', 'bigalloc', '-C', '8192'];
  for (const [options, at, value, words] of [
    [bigalloc, 0x1c, 21, 'clusters of 2^31 bytes'],
    [['-b', '4096', ...bigalloc.slice(0, 2), '-O', 'bigalloc'], 0x1c, 1, 'clusters of 2^11 bytes'],
    [bigalloc, 0x20, 65_535, 'groups of 65535 blocks'],
    [bigalloc, 0x20, 8 * 8 * 1024 + 64, 'groups of 65600 blocks'],
    [bigalloc, 0x14, 1, 'data from block 1 on'],
    [['-b', '4096'], 0x20, 32_764, 'groups of 32764 blocks'],
  ] as const) {
    const { contradictions } = await superblockOf(options, (bytes) => bytes.writeUInt32LE(value, at));
    t.ok(contradictions.includes(words), `${words}: ${contradictions}`);
  }
  const { contradictions } = await superblockOf(['-t', 'ext4', '-O', '64bit'], (bytes) =>
    bytes.writeUInt16LE(96, 0xfe),
  );
  t.same(contradictions, ['group descriptors of 96 bytes']);
});

t.test('a journal that lies elsewhere', async (t) => {
  const superblock = await superblockOf(['-t', 'ext4'], (bytes) => {
    bytes.fill(0xab, 0xd0, 0xe0);
    bytes.writeUInt32LE(0x800, 0xe4);
  });
  t.match(superblock, { journalUuid: 'abababab-abab-abab-abab-abababababab', journalDevice: 0x800 });
});
