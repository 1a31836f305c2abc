import { createHash } from 'node:crypto';
import { readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../foundation/index.ts';
import { largeContent, makeSmallDisk, sha256Of, smallDisk } from './fixtures/small-disk.ts';
import { inspectDisk } from './index.ts';

const hash = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

t.test('a small disk, looked at from all sides', async (t) => {
  const folder = t.testdir({ scratch: {} });
  const scratchFolder = join(folder, 'scratch');
  const path = await makeSmallDisk(folder);
  const before = await sha256Of(path);
  const { fat, root, extended, data, rootUuid } = smallDisk;

  await t.test('the partition table', async (t) => {
    await using disk = await inspectDisk(path);
    const entry = { isActive: false, isLogical: false, isExtended: false };
    const place = ({ number, firstSector, sectors }: typeof fat | typeof root | typeof data) => ({
      ...entry,
      ...{ number, firstSector, sectorCount: sectors, type: '83' },
    });
    t.same(await disk.partitionTable(), {
      kind: 'dos',
      diskSignature: '0x1234abcd',
      partitions: [
        { ...place(fat), type: 'c', isActive: true },
        place(root),
        {
          ...entry,
          ...{ number: 4, firstSector: extended.firstSector, sectorCount: extended.sectors },
          ...{ type: '5', isExtended: true },
        },
        { ...place(data), isLogical: true },
      ],
    });
    await t.rejects(disk.partition(3), { code: 'WITNESS_PARTITION_MISSING', message: /1, 2, 4, 5/ });
    await t.rejects(disk.partition('data'), { code: 'WITNESS_USAGE' }, 'roles need a layout');
  });

  await t.test('file systems and their checks', async (t) => {
    await using disk = await inspectDisk(path, { scratchFolder });
    const ext4 = await disk.partition(2);
    const facts = { kind: 'ext4', type: 'ext4', label: 'root', uuid: rootUuid, journal: 'clean' };
    t.same(await ext4.fileSystem(), facts);
    t.match(await ext4.check(), { isSound: true, report: /Pass 5/ });
    const system = await disk.partition(1);
    t.match(await system.fileSystem(), { kind: 'fat', label: 'SYS', uuid: 'A1B2-C3D4', journal: 'none' });
    t.match(await system.check(), { isSound: true, kind: 'fat', report: /files/ });
  });

  await t.test('files of ext4', async (t) => {
    await using disk = await inspectDisk(path, { scratchFolder });
    const partition = await disk.partition(2);
    t.equal(await partition.readText('/etc/hostname'), 'small\n');
    t.ok((await partition.read('/large')).equals(largeContent));
    t.equal((await partition.read('/empty')).length, 0);
    const names = (await partition.list('/etc')).map(({ name }) => name);
    t.same(names, ['console', 'hostname', 'pipe'], 'deleted entries are not listed');
    t.match(
      (await partition.list()).find(({ name }) => name === 'a tool'),
      {
        ...{ kind: 'file', mode: 0o4755, uid: 12, gid: 34, sizeBytes: 4 },
      },
    );
    t.equal(await partition.has('/etc/hostname'), true);
    t.equal(await partition.has('/etc/deleted'), false);
    t.equal(await partition.has('/none/here'), false);
    await t.rejects(partition.read('/etc/none'), { code: 'WITNESS_PATH_MISSING' });
    await t.rejects(partition.read('/etc'), { code: 'WITNESS_PATH_OF_OTHER_KIND', message: /directory/ });
    await t.rejects(partition.list('/large'), { code: 'WITNESS_PATH_OF_OTHER_KIND' });
    await t.rejects(partition.read('/short-link'), {
      code: 'WITNESS_PATH_OF_OTHER_KIND',
      message: /symlink/,
    });
    await t.rejects(partition.read('/quo"te'), { code: 'WITNESS_USAGE' });
  });

  await t.test('a tree of ext4', async (t) => {
    await using disk = await inspectDisk(path, { scratchFolder });
    const tree = await (await disk.partition(2)).tree();
    const inodes = tree.map(({ inode }) => inode);
    t.equal(new Set(inodes).size, inodes.length);
    const owner = { uid: 0, gid: 0 };
    const seen = tree.map(({ path: at, kind, target, device, sha256 }) => ({
      ...{ at, kind },
      ...(target === undefined ? {} : { target }),
      ...(device === undefined ? {} : { device }),
      ...(sha256 === undefined ? {} : { sha256 }),
    }));
    t.same(seen, [
      { at: '/', kind: 'folder' },
      { at: '/a tool', kind: 'file', sha256: hash('tool') },
      { at: '/empty', kind: 'file', sha256: hash('') },
      { at: '/etc', kind: 'folder' },
      { at: '/etc/console', kind: 'character-device', device: '4:64' },
      { at: '/etc/hostname', kind: 'file', sha256: hash('small\n') },
      { at: '/etc/pipe', kind: 'pipe' },
      { at: '/large', kind: 'file', sha256: hash(largeContent) },
      { at: '/long-link', kind: 'link', target: `${'folder/'.repeat(12)}end` },
      { at: '/lost+found', kind: 'folder' },
      { at: '/short-link', kind: 'link', target: 'etc/hostname' },
    ]);
    t.match(tree[0], { ...owner, name: '/', mode: 0o755, sizeBytes: null });
    t.match(tree[1], { uid: 12, gid: 34, mode: 0o4755, sizeBytes: 4 });
  });

  await t.test('files of FAT, hidden ones too', async (t) => {
    await using disk = await inspectDisk(path, { scratchFolder });
    const partition = await disk.partition(1);
    t.equal(await partition.readText('/HIDDEN.SYS'), 'small\n', 'case does not matter');
    const tree = await partition.tree();
    t.same(
      tree.map(({ path: at, kind, sha256 }) => [at, kind, sha256]),
      [
        ['/', 'folder', undefined],
        ['/folder', 'folder', undefined],
        ['/folder/A long name.txt', 'file', hash(largeContent)],
        ['/hidden.sys', 'file', hash('small\n')],
      ],
    );
    t.match(tree[3], { mode: null, uid: null, sizeBytes: 6 });
    t.equal(await partition.has('/folder/A long name.txt'), true);
    await t.rejects(partition.read('/folder/none'), { code: 'WITNESS_PATH_MISSING' });
    await t.rejects(partition.read('/folder'), { code: 'WITNESS_PATH_OF_OTHER_KIND' });
  });

  await t.test('where files lie', async (t) => {
    await using disk = await inspectDisk(path, { scratchFolder });
    for (const [number, file] of [
      [1, '/folder/A long name.txt'],
      [2, '/large'],
    ] as const) {
      const partition = await disk.partition(number);
      const [place, ...others] = await partition.locate(file);
      t.same(others, [], 'it lies in one piece');
      t.equal(place!.lengthBytes, largeContent.length);
      const first = Math.floor(place!.offsetBytes / 512);
      const raw = await disk.sectors(first, Math.ceil(largeContent.length / 512));
      t.ok(raw.subarray(0, largeContent.length).equals(largeContent));
    }
    t.same(await (await disk.partition(2)).locate('/empty'), []);
  });

  await t.test('a qcow2 overlay reads as what its machine would see', async (t) => {
    const overlay = join(folder, 'overlay.qcow2');
    await runTool('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', path, '-F', 'raw', overlay]);
    const write = `write -q -P 0x5a ${8 * 512} 512`;
    await runTool('qemu-io', ['-f', 'qcow2', '-c', write, overlay]);
    const overlayBefore = await sha256Of(overlay);
    await using disk = await inspectDisk(overlay, { format: 'qcow2', scratchFolder });
    t.ok((await disk.sectors(8, 1)).every((byte) => byte === 0x5a));
    t.equal(await (await disk.partition(2)).readText('/etc/hostname'), 'small\n');
    await t.rejects(inspectDisk(path, { format: 'qcow2', scratchFolder }), {
      code: 'WITNESS_DISK_UNREADABLE',
    });
    t.equal(await sha256Of(overlay), overlayBefore);
  });

  t.equal(await sha256Of(path), before, 'nothing of all this has changed a byte');
  t.same(await readdir(scratchFolder), [], 'no copy is left');
});

t.test('what cannot be looked at', async (t) => {
  const folder = t.testdir({ empty: '', folder: {} });
  await t.rejects(inspectDisk(join(folder, 'none')), { code: 'WITNESS_DISK_UNREADABLE', message: /ENOENT/ });
  await t.rejects(inspectDisk(join(folder, 'folder')), { code: 'WITNESS_DISK_UNREADABLE' });
  await t.rejects(inspectDisk(join(folder, 'what?')), { code: 'WITNESS_USAGE' });
  const blank = join(folder, 'blank');
  await writeFile(blank, '');
  await truncate(blank, 1024 ** 2);
  await using disk = await inspectDisk(blank);
  await t.rejects(disk.partitionTable(), { code: 'WITNESS_NO_PARTITION_TABLE' });
  t.equal(await disk.isZero(), true);
});

t.test('a partition without a file system, and one whose superblock is lost', async (t) => {
  const folder = t.testdir({});
  const path = await makeSmallDisk(folder);
  const zero = ['conv=notrunc', 'bs=512', 'count=8'];
  await runTool('dd', ['if=/dev/zero', `of=${path}`, `seek=${smallDisk.root.firstSector}`, ...zero]);
  await using disk = await inspectDisk(path, { scratchFolder: folder });
  const partition = await disk.partition(2);
  t.match(await partition.fileSystem(), { kind: 'none', type: null, label: null });
  t.match(await partition.check(), { isSound: false, kind: 'none' });
  await t.rejects(partition.read('/etc/hostname'), { code: 'WITNESS_FILE_SYSTEM_UNREADABLE' });
});

t.test(
  'a file system with wrong records is not sound, and one larger than its partition is not either',
  async (t) => {
    const folder = t.testdir({});
    const path = await makeSmallDisk(folder);
    const image = `${path}?offset=${smallDisk.root.firstSector * 512}`;
    await runTool('debugfs', ['-w', '-R', 'sif /etc/hostname links_count 7', image]);
    const copy = join(folder, 'short.raw');
    await runTool('cp', ['--sparse=always', path, copy]);
    await using disk = await inspectDisk(path, { scratchFolder: folder });
    t.match(await (await disk.partition(2)).check(), {
      isSound: false,
      report: /ref count|reference count/i,
    });
    await runTool('sfdisk', ['-q', '--no-reread', '-N', '5', copy], { input: ', 32704\n' });
    await using short = await inspectDisk(copy, { scratchFolder: folder });
    t.match(await (await short.partition(5)).check(), { isSound: false, report: /physical size/ });
  },
);

t.test('a disk that changes while it is looked at is noticed', async (t) => {
  const folder = t.testdir({});
  const path = await makeSmallDisk(folder);
  await using disk = await inspectDisk(path);
  const partition = await disk.partition(2);
  t.equal(await partition.readText('/etc/hostname'), 'small\n');
  await runTool('dd', ['if=/dev/zero', `of=${path}`, 'seek=100', 'bs=512', 'count=1', 'conv=notrunc']);
  const changed = { code: 'WITNESS_DISK_CHANGED', blame: 'harness' };
  await t.rejects(partition.readText('/etc/hostname'), changed);
  await t.rejects(disk.sectors(0, 1), changed);
  await t.rejects(disk.find(['x']), changed);
});

t.test('a disk is found through a link, and names with commas and spaces do not matter', async (t) => {
  const folder = t.testdir({});
  const path = await makeSmallDisk(folder, 'a, b=c: disk.raw');
  const link = join(folder, 'link 7');
  await symlink(path, link);
  await using disk = await inspectDisk(link, { scratchFolder: folder });
  t.equal((await disk.find(['line 17 of the large'])).length, 2);
  t.equal(await (await disk.partition(2)).readText('/etc/hostname'), 'small\n');
  await rm(link);
});
