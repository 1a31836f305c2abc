import { mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import {
  checkFileSystemHealth,
  openFileTree,
  recogniseFileSystem,
} from '../../inspection/file-systems/index.ts';
import type { DiskPartition } from '../../inspection/place.ts';
import { openClonedDisk } from './cloned-disk.ts';
import { makeOverlay } from './fixtures/overlay.ts';

const mebibyte = 1024 ** 2;
const partition: DiskPartition = {
  ...{ number: 1, kind: 'primary', type: '0x83', isActive: false },
  ...{ offsetBytes: mebibyte, sizeBytes: 4 * mebibyte },
};

/** A file system with one file in it. */
async function makeFileSystem(folder: string, type: 'squashfs' | 'ext4', content: string): Promise<string> {
  const tree = join(folder, `${type}-${content}`);
  await mkdir(tree);
  await writeFile(join(tree, 'version'), content);
  const path = `${tree}.img`;
  if (type === 'squashfs') await runTool('mksquashfs', [tree, path, '-quiet', '-no-progress']);
  else await runTool('mke2fs', ['-q', '-t', 'ext4', '-d', tree, path, '4M']);
  return path;
}

async function versionOn(master: string, overlay: string) {
  await using source = await openClonedDisk(master, overlay);
  const fileSystem = await recogniseFileSystem(source, partition);
  const { tree, findings } = await openFileTree(source, fileSystem);
  const health = await checkFileSystemHealth(source, fileSystem);
  const version = await tree?.read('/version', 100);
  return {
    version: version?.toString(),
    kinds: [...fileSystem.findings, ...findings, ...health].map(({ kind }) => kind),
  };
}

for (const type of ['squashfs', 'ext4'] as const) {
  t.test(`tools that read files see the clone: ${type}`, async (t) => {
    const folder = t.testdir({});
    const [old, now] = [await makeFileSystem(folder, type, 'old'), await makeFileSystem(folder, type, 'new')];
    const master = join(folder, 'master.raw');
    await writeFile(master, Buffer.concat([Buffer.alloc(mebibyte), await readFile(old)]));
    await truncate(master, 8 * mebibyte);
    const untouched = await makeOverlay(master, [`write -P 1 ${6 * mebibyte} 512`]);
    t.same(await versionOn(master, untouched), { version: 'old', kinds: [] });
    const { size } = await stat(now);
    const write = `write -q -s ${now} ${mebibyte} ${Math.ceil(size / 512) * 512}`;
    const updated = await makeOverlay(master, [write], { name: 'updated' });
    t.same(await versionOn(master, updated), { version: 'new', kinds: [] });
    const damaged = await makeOverlay(master, [`write -P 0xff ${mebibyte + 100} 3M`], { name: 'damaged' });
    t.not((await versionOn(master, damaged)).kinds.length, 0, 'what the clone has damaged is seen');
  });
}
