import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import {
  buildTemplate,
  type FileTree,
  type Layout,
  readLayout,
  type SystemImage,
} from '../../core/factory/index.ts';
import { inspectDisk, readLayoutText } from './index.ts';

const layoutPath = 'images/layouts/headless-single-disk.yaml';
const owned = { uid: 0, gid: 0 };

t.test('a template that the factory built is what its inputs say', async (t) => {
  const folder = t.testdir({ kernel: 'a kernel', initramfs: 'an initramfs' });
  const rootTree: FileTree = [
    { ...owned, kind: 'directory', path: '/dev', mode: 0o755 },
    {
      ...{ ...owned, kind: 'device', path: '/dev/ttyS0', mode: 0o600 },
      ...{ deviceType: 'character', major: 4, minor: 64 },
    },
    { ...owned, kind: 'directory', path: '/etc', mode: 0o755 },
    ...Array.from({ length: 300 }, (_, index) => ({
      ...{ uid: 12, gid: 34, kind: 'file' as const, mode: 0o4750 },
      ...{ path: `/etc/file ${index}`, content: Buffer.from(`content ${index}`) },
    })),
    { ...owned, kind: 'symlink', path: '/etc/link', mode: 0o777, target: 'file 1' },
  ];
  const system = (name: SystemImage['name']): SystemImage => ({
    ...{ name, kernelPath: join(folder, 'kernel'), initramfsPath: join(folder, 'initramfs') },
    ...{ kernelArguments: ['quiet'], inputsHash: '0'.repeat(64), rootTree },
  });
  const { systemDiskPath, manifest } = await buildTemplate({
    layout: shrink(await readLayout(layoutPath)),
    systems: { primary: system('primary'), emergency: system('emergency') },
    setupFiles: [
      { ...owned, kind: 'file', path: '/installer', mode: 0o755, content: Buffer.from('inst all') },
    ],
    licenceKeys: { home: 'KEY-HOME' },
    outFolder: join(folder, 'template'),
  });

  const layout = await readLayoutText(layoutPath, 'system');
  await using disk = await inspectDisk(systemDiskPath, { layout, scratchFolder: folder });
  t.equal(await disk.sha256(), manifest.disks[0]!.sha256);
  const records = await disk.records();
  t.match(records, {
    'boot-control': { state: 'valid', value: { target: 'primary', attempts: 0, attemptLimit: 3 } },
    signature: { state: 'null' },
    licence: { state: 'valid', copiesAgree: true, value: { level: 'home', key: 'KEY-HOME' } },
    manufacturing: { state: 'valid', value: { stage: 'template', completed: [] } },
  });

  for (const { role, fileSystem, label } of layout.partitions) {
    const partition = await disk.partition(role);
    t.match(await partition.fileSystem(), { kind: fileSystem, label }, role);
    t.match(await partition.check(), { isSound: true }, role);
  }
  const tree = await (await disk.partition('primary-root')).tree();
  for (const entry of rootTree) {
    const seen = tree.find(({ path }) => path === entry.path);
    const expected = {
      ...{ mode: entry.mode, uid: entry.uid, gid: entry.gid },
      ...(entry.kind === 'file' && 'content' in entry ? { kind: 'file', sha256: hash(entry.content!) } : {}),
      ...(entry.kind === 'symlink' ? { kind: 'link', target: entry.target } : {}),
      ...(entry.kind === 'device' ? { kind: 'character-device', device: '4:64' } : {}),
    };
    t.match(seen, expected, entry.path);
  }
  t.same(
    (await (await disk.partition('emergency-root')).tree()).map(({ inode: _, ...entry }) => entry),
    tree.map(({ inode: _, ...entry }) => entry),
    'both systems have the same tree here',
  );
  const names = (await (await disk.partition('primary-system')).tree()).map(({ path }) => path);
  t.ok(names.includes('/vmlinuz') && names.includes('/ldlinux.sys'));
  t.match(await (await disk.partition('setup')).readText('/installer'), 'inst all');
  const found = await disk.find(['KEY-HOME', 'inst all']);
  t.same(
    found.map(({ place }) => place.name),
    ['record licence, copy 1', 'record licence, copy 2', 'partition 8 (setup)'],
  );
  t.equal(hash(await readFile(systemDiskPath)), manifest.disks[0]!.sha256, 'looking changed nothing');
});

const hash = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');

/** The layout with small partitions, so that the test is quick. */
function shrink(layout: Layout): Layout {
  const largest = 16 * 1024 ** 2;
  const disks = layout.disks.map((disk) => ({
    ...disk,
    size: 320 * 1024 ** 2,
    partitions: disk.partitions.map((partition) => ({
      ...partition,
      size:
        partition.size === 'rest' || partition.fileSystem === 'fat'
          ? partition.size
          : Math.min(partition.size, largest),
    })),
  }));
  return { ...layout, disks };
}
