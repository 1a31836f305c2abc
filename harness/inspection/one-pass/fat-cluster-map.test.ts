import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { mebibyte, partitionAt } from '../file-systems/fixtures/images.ts';
import { ImageSource } from '../image-source.ts';
import { readFatMap } from './fat-cluster-map.ts';

for (const [bits, sizeMiB] of [
  ['12', 4],
  ['16', 40],
  ['32', 80],
] as const) {
  t.test(`FAT${bits}: deleted files are free, and those that are there are not`, async (t) => {
    const folder = t.testdir();
    const path = join(folder, 'disk');
    const offsetBytes = mebibyte;
    {
      await using file = await open(path, 'w');
      await file.truncate(offsetBytes + (sizeMiB + 1) * mebibyte);
    }
    const words = ['-F', bits, '--offset', `${offsetBytes / 512}`, '-s', bits === '32' ? '1' : '4'];
    await runTool('mkfs.fat', [...words, path, `${sizeMiB * 1024}`]);
    const image = `${path}@@${offsetBytes}`;
    const [kept, gone] = [Buffer.alloc(70_000, 'kept'), Buffer.alloc(50_000, 'gone')];
    await runTool('mcopy', ['-i', image, '-', '::kept'], { input: kept });
    await runTool('mcopy', ['-i', image, '-', '::gone'], { input: gone });
    await runTool('mcopy', ['-i', image, '-', '::also'], { input: kept });
    await runTool('mdel', ['-i', image, '::gone']);
    await using source = await ImageSource.open(path);
    const partition = partitionAt(offsetBytes, (sizeMiB + 1) * mebibyte);
    const map = (await readFatMap(source, partition))!;
    t.equal(map.fileSystem, 'fat');
    const seen = { kept: 0, gone: 0 };
    const content = await source.read(0, source.sizeBytes);
    for (let at = offsetBytes; at < source.sizeBytes; at += 512) {
      const isFree = await map.isFree(at - offsetBytes);
      const word = content.toString('latin1', at, at + 4) as 'kept' | 'gone';
      if (!(word in seen)) continue;
      seen[word] += 1;
      if (isFree !== (word === 'gone')) t.fail(`${word} at ${at} is ${isFree ? 'free' : 'used'}`);
    }
    t.same(seen, { kept: 2 * Math.ceil(70_000 / 512), gone: Math.ceil(50_000 / 512) });
    const { stdout } = await runTool('minfo', ['-i', image, '::']);
    t.match(stdout, new RegExp(`FAT${bits}`), 'it is one of these');
    t.equal(await map.isFree(sizeMiB * mebibyte + 600), true, 'behind the file system');
    t.equal(await map.isFree(0), false, 'the boot sector');
  });
}

// The specification calls that FAT16, and mtools refuse it; Linux, mkfs.fat, fsck.fat and blkid do not.
t.test('FAT32 with less than 65525 clusters: used is what fsck.fat calls used', async (t) => {
  const path = join(t.testdir(), 'fs');
  await runTool('mkfs.fat', ['-F', '32', '-s', '4', '-C', path, `${40 * 1024}`]);
  const [clusterBytes, kept, gone] = [2048, 100, 200];
  const fileClusters = 35;
  {
    await using file = await open(path, 'r+');
    const boot = Buffer.alloc(512);
    await file.read(boot, 0, 512, 0);
    const tableBytes = boot.readUInt32LE(36) * 512;
    const tableOffsetBytes = boot.readUInt16LE(14) * 512;
    const dataOffsetBytes = tableOffsetBytes + 2 * tableBytes;
    const chain = Buffer.alloc(fileClusters * 4);
    for (let index = 0; index < fileClusters; index += 1)
      chain.writeUInt32LE(index === fileClusters - 1 ? 0x0fffffff : kept + index + 1, index * 4);
    for (const table of [0, 1])
      await file.write(chain, 0, chain.length, tableOffsetBytes + table * tableBytes + kept * 4);
    const entry = Buffer.alloc(32);
    entry.write('KEPT    BIN\x20', 'latin1');
    entry.writeUInt16LE(kept, 26);
    entry.writeUInt32LE(fileClusters * clusterBytes, 28);
    await file.write(entry, 0, 32, dataOffsetBytes);
    for (const [word, cluster] of [
      ['kept', kept],
      ['gone', gone],
    ] as const)
      await file.write(
        Buffer.alloc(fileClusters * clusterBytes, word),
        0,
        fileClusters * clusterBytes,
        dataOffsetBytes + (cluster - 2) * clusterBytes,
      );
    const freeCount = Buffer.alloc(4);
    await file.read(freeCount, 0, 4, 512 + 488);
    freeCount.writeUInt32LE(freeCount.readUInt32LE() - fileClusters);
    await file.write(freeCount, 0, 4, 512 + 488);
  }
  t.match((await runTool('blkid', ['-p', path])).stdout, 'VERSION="FAT32"');
  const { stdout } = await runTool('fsck.fat', ['-n', '-v', path]);
  const [, used, clusters] = /1 files, (\d+)\/(\d+) clusters/.exec(stdout)!.map(Number);
  t.ok(clusters! < 65525, 'it is one of these');
  await using source = await ImageSource.open(path);
  const map = (await readFatMap(source, partitionAt(0, source.sizeBytes)))!;
  t.equal(map.blockBytes, clusterBytes);
  const content = await source.read(0, source.sizeBytes);
  const dataOffsetBytes = content.indexOf('kept') - (kept - 2) * clusterBytes;
  const seen: Record<string, number> = { used: 0, 'kept used': 0, 'gone free': 0 };
  for (let cluster = 0; cluster < clusters!; cluster += 1) {
    const at = dataOffsetBytes + cluster * clusterBytes;
    const isFree = await map.isFree(at);
    const word = content.toString('latin1', at, at + 4);
    if (!isFree) seen.used! += 1;
    if (!/kept|gone/.test(word)) continue;
    const key = `${word} ${isFree ? 'free' : 'used'}`;
    seen[key] = (seen[key] ?? 0) + 1;
  }
  t.same(seen, { used, 'kept used': fileClusters, 'gone free': fileClusters });
});

t.test('FAT facts that make no sense', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'fs');
  await runTool('mkfs.fat', ['-C', path, '4096']);
  await using good = await ImageSource.open(path);
  const partition = partitionAt(0, good.sizeBytes);
  t.equal((await readFatMap(good, partition))?.fileSystem, 'fat');
  const start = await good.read(0, 512);
  for (const [name, at, bytes] of [
    ['sectors of 513 bytes', 11, [1, 2]],
    ['3 sectors a cluster', 13, [3]],
    ['no sectors a cluster', 13, [0]],
    ['nothing reserved', 14, [0, 0]],
    ['no tables', 16, [0]],
    ['200 tables', 16, [200]],
    ['a table of no sectors', 22, [0, 0]],
    ['a table that is too short', 22, [1, 0]],
    ['a table that is larger than everything', 22, [255, 255]],
    ['more sectors than there is room', 19, [255, 255]],
    ['no signature', 510, [0, 0]],
    ['no jump', 0, [0]],
    ['no medium', 21, [1]],
  ] as const) {
    const sector = Buffer.from(start);
    sector.set(bytes, at);
    await writeFile(join(folder, 'changed'), Buffer.concat([sector, Buffer.alloc(4096 * 1024 - 512)]));
    await using source = await ImageSource.open(join(folder, 'changed'));
    t.equal(await readFatMap(source, partition), undefined, name);
  }
});
