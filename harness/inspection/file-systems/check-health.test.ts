import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { ImageSource } from '../image-source.ts';
import type { DiskPartition } from '../place.ts';
import { checkFileSystemHealth } from './check-health.ts';
import {
  corrupted,
  inDisk,
  makeExt,
  makeFat,
  makeSquashfs,
  makeTree,
  mebibyte,
  partitionAt,
} from './fixtures/images.ts';
import { usualToolLimits } from './limits.ts';
import { recogniseFileSystem } from './recognise.ts';

const folder = t.testdir({});
const at = (name: string) => join(folder, name);

async function check(path: string, partition?: DiskPartition, limits = usualToolLimits) {
  await using source = await ImageSource.open(path);
  const fileSystem = await recogniseFileSystem(source, partition ?? partitionAt(0, source.sizeBytes));
  return await checkFileSystemHealth(source, fileSystem, limits);
}

async function checkBytes(bytes: Buffer) {
  await writeFile(at('bytes'), bytes);
  return await check(at('bytes'));
}

const kindsOf = (findings: readonly { kind: string }[]) => findings.map(({ kind }) => kind);

t.before(async () => {
  const tree = await makeTree(folder);
  for (const type of ['ext2', 'ext3', 'ext4']) await makeExt(at(type), tree, ['-t', type]);
  await makeFat(at('fat12'), 12, mebibyte, join(tree, 'etc'));
  await makeFat(at('fat16'), 16, 16 * mebibyte, join(tree, 'etc'));
  await makeFat(at('fat32'), 32, 34 * mebibyte, join(tree, 'etc'));
  await makeSquashfs(at('squashfs'), tree);
});

t.test('what is sound, alone and in a disk; nothing is written', async (t) => {
  for (const type of ['ext2', 'ext3', 'ext4', 'fat12', 'fat16', 'fat32', 'squashfs']) {
    const image = await readFile(at(type));
    t.same(await check(at(type)), [], type);
    const partition = await inDisk(image, at('disk?with=a question'));
    const digest = createHash('sha256')
      .update(await readFile(at('disk?with=a question')))
      .digest('hex');
    t.same(await check(at('disk?with=a question'), partition), [], `${type} in a disk`);
    const after = createHash('sha256')
      .update(await readFile(at('disk?with=a question')))
      .digest('hex');
    t.equal(after, digest);
  }
});

t.test('what is damaged', async (t) => {
  for (const type of ['ext2', 'ext4']) {
    const image = await readFile(at(type));
    // The bitmaps and tables of inodes follow the descriptors.
    image.fill(0xff, 70 * 1024, 90 * 1024);
    const findings = await checkBytes(image);
    t.same(kindsOf(findings), ['file-system-inconsistent'], type);
    t.notMatch(findings[0]!.evidence, /Pass 1|^e2fsck/);
    image.writeUInt32LE(image.readUInt32LE(1024 + 0x60) | 4, 1024 + 0x60);
    if (type === 'ext4')
      t.same(kindsOf(await checkBytes(image)), ['file-system-inconsistent-before-recovery']);
  }
  const inUse = await readFile(at('fat32'));
  inUse[65] = 1;
  t.same(await checkBytes(inUse), [], 'only the mark of one in use');
  inUse[90] = inUse[90]! ^ 0xff;
  t.match(await checkBytes(inUse), [{ kind: 'file-system-inconsistent', evidence: /90:/ }]);
  const fat = await readFile(at('fat32'));
  fat.fill(0x05, 32 * 512 + 16, 32 * 512 + 400);
  t.same(kindsOf(await checkBytes(fat)), ['file-system-inconsistent']);
  const squashfs = await readFile(at('squashfs'));
  const inodeTable = Number(squashfs.readBigUInt64LE(64));
  squashfs.fill(0xff, inodeTable, inodeTable + 64);
  t.same(kindsOf(await checkBytes(squashfs)), ['file-system-inconsistent']);
});

t.test('a FAT that is only marked as in use', async (t) => {
  const image = await readFile(at('fat16'));
  image[37] = 1;
  t.same(await checkBytes(image), [], 'that has its own finding');
});

t.test('what is not checked', async (t) => {
  const xfs = Buffer.alloc(mebibyte);
  xfs.write('XFSB');
  xfs.writeUInt32BE(4096, 4);
  t.same(kindsOf(await checkBytes(xfs)), ['file-system-not-checked']);
  t.same(kindsOf(await checkBytes(Buffer.alloc(mebibyte))), []);
  const cut = (await readFile(at('ext4'))).subarray(0, 12 * mebibyte);
  t.same(await checkBytes(cut), [], 'its own finding says enough');
  const absurd = await readFile(at('ext4'));
  absurd.writeUInt32LE(99, 1024 + 0x18);
  t.same(await checkBytes(absurd), [], 'the same for a superblock that cannot be');
});

t.test('e2fsck is not let near a journal on another disk', async (t) => {
  const image = await readFile(at('ext4'));
  // s_journal_uuid and s_journal_dev, of the superblock and of its copy in block 8193.
  for (const place of [1024 + 0xd0, 1024 + 0xdf, 1024 + 0xe4, 8193 * 1024 + 0xd0, 8193 * 1024 + 0xe4]) {
    const named = Buffer.from(image);
    named[place] = 8;
    t.same(kindsOf(await checkBytes(named)), ['file-system-not-checked'], `byte ${place}`);
  }
  await runTool('mke2fs', ['-q', '-F', '-O', 'journal_dev', at('bytes')]);
  t.same(kindsOf(await check(at('bytes'))), ['file-system-not-checked'], 'a journal of another one');
});

t.test('what a checker cannot work on', async (t) => {
  const ext = await readFile(at('ext2'));
  ext.writeUInt32LE(ext.readUInt32LE(1024 + 0x60) | 0x40000000, 1024 + 0x60);
  const [gaveUp] = await checkBytes(ext);
  t.match(gaveUp, { kind: 'file-system-tool-gave-up', evidence: /exit code 8: .*unsupported feature/ });
  const fat = await readFile(at('fat12'));
  fat[16] = 3;
  t.match(await checkBytes(fat), [{ kind: 'file-system-tool-gave-up', evidence: /only 1 or 2 FATs/ }]);
});

t.test('what has so much to say that it is ended found damage', async (t) => {
  const image = await readFile(at('ext2'));
  image.fill(0xff, 70 * 1024, 90 * 1024);
  await writeFile(at('bytes'), image);
  const findings = await check(at('bytes'), undefined, { ...usualToolLimits, outputBytes: 400 });
  t.same(kindsOf(findings), ['file-system-inconsistent', 'file-system-tool-gave-up']);
});

t.test('a FAT in a partition that no file here could have', async (t) => {
  const partition = await inDisk(await readFile(at('fat16')), at('disk'));
  t.same(await check(at('disk'), { ...partition, sizeBytes: 2 ** 52 }), []);
});

t.test('a checker that reaches its limits', async (t) => {
  const limits = { ...usualToolLimits, memoryBytes: 24 * mebibyte, wallClockMs: 20 };
  for (const type of ['ext4', 'fat32', 'squashfs']) {
    const kinds = kindsOf(await check(at(type), undefined, { ...limits, outputBytes: 1 }));
    t.same(kinds, ['file-system-tool-gave-up'], type);
  }
});

t.test('random damage always gives an answer', async (t) => {
  const places: Record<string, [number, number]> = {
    ext2: [1024, 100 * 1024],
    ext4: [1024, 400 * 1024],
    fat12: [0, 8192],
    fat32: [0, 40_000],
    squashfs: [0, 8192],
  };
  const limits = { ...usualToolLimits, processorSeconds: 20, wallClockMs: 60_000 };
  let found = 0;
  for (const [type, [start, end]] of Object.entries(places)) {
    const image = await readFile(at(type));
    for (let seed = 0; seed < 5; seed += 1) {
      await writeFile(at('bytes'), corrupted(image, seed, { start, end: Math.min(end, image.length) }));
      found += (await check(at('bytes'), undefined, limits)).length;
    }
  }
  t.ok(found > 10, `${found} of 25 were found damaged`);
});
