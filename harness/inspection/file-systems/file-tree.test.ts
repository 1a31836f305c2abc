import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import type { openFileTree } from './file-tree.ts';
import {
  inDisk,
  largeContent,
  longTarget,
  makeExt,
  makeFat,
  makeSquashfs,
  makeTree,
  mebibyte,
} from './fixtures/images.ts';
import { openTree } from './fixtures/open-tree.ts';

const folder = t.testdir({});
const at = (name: string) => join(folder, name);
const kindsOf = (findings: readonly { kind: string }[]) => findings.map(({ kind }) => kind);
let tree = '';

t.before(async () => {
  tree = await makeTree(folder);
});

const extKinds: Record<string, string[]> = {
  ext2: ['-t', 'ext2'],
  'ext3 with small blocks': ['-t', 'ext3', '-b', '1024'],
  'ext4 as usual': ['-t', 'ext4'],
  'ext4 with 64bit, no flex_bg': ['-t', 'ext4', '-O', '64bit,^flex_bg', '-b', '1024'],
  'ext4 with inline data': ['-t', 'ext4', '-O', 'inline_data', '-I', '256'],
  'ext4 with meta_bg': ['-t', 'ext4', '-O', 'meta_bg,^resize_inode', '-b', '1024'],
  // Eight inodes in each of 384 groups, whose descriptors lie all over the disk.
  'ext4 with many meta_bg': [
    '-t',
    'ext4',
    '-O',
    'meta_bg,^resize_inode',
    '-b',
    '1024',
    '-g',
    '256',
    '-N',
    '3072',
  ],
  'ext4 with inodes of 128 bytes': ['-t', 'ext4', '-I', '128'],
};

t.test('ext2, ext3 and ext4', async (t) => {
  for (const [name, options] of Object.entries(extKinds)) {
    await makeExt(at('ext'), tree, options, 96 * mebibyte);
    await using opened = await openTree(at('ext'));
    t.same(opened.findings, [], name);
    const { nodes, wasCut, read, readMany } = bound(opened.tree!);
    t.equal(wasCut, false);
    t.match(nodes.get('/'), { kind: 'folder', inode: 2 });
    t.match(
      nodes.get('/etc/ssh/ssh_host_rsa_key'),
      { kind: 'file', sizeBytes: 7, mode: 0o600, uid: 0 },
      name,
    );
    t.ok(Math.abs(nodes.get('/etc/machine-id')!.modifiedAt!.getTime() - Date.now()) < 3_600_000);
    t.equal(nodes.get('/hard')!.inode, nodes.get('/etc/machine-id')!.inode);
    t.match(nodes.get('/short-link'), { kind: 'link', target: 'etc/machine-id' }, name);
    t.match(nodes.get('/long-link'), { kind: 'link', target: longTarget }, name);
    t.equal(await read('/hard', 100).then(String), 'uninitialized\n');
    t.equal(await read('/hard', 5).then(String), 'unini');
    t.ok((await read('/large', 2 ** 40))!.equals(largeContent), name);
    const sparse = await read('/sparse', 2 ** 40);
    t.equal(sparse!.length, 5 * mebibyte + 3);
    t.equal(sparse!.toString('latin1').replace(/\0/g, ''), 'end', name);
    t.equal(await read('/short-link', 100), undefined, 'links are not followed');
    t.equal(await read('/nothing', 100), undefined);
    t.equal(await read('/etc', 100), undefined);
    t.equal([...nodes.keys()].filter((path) => path.startsWith('/many/')).length, 300);
    t.equal([...nodes.keys()].filter((path) => path.startsWith('/etc/')).length, 6, name);
    t.equal(await read('/etc/issue', 200).then(String), 'issue'.padEnd(100, '.'), name);
    t.equal(await read('/line\\x0abreak "quoted" \\x1b[31m', 9).then(String), 'odd\n');
    const many = [...nodes.keys()].filter((path) => path.startsWith('/many/'));
    const contents = await readMany(many, 100);
    t.ok(
      many.every((path) => contents.get(path)!.toString() === path.split('-').at(-1)),
      name,
    );
    t.equal(contents.size, 300);
  }
});

/** Methods that can be taken from their object. */
function bound(opened: NonNullable<Awaited<ReturnType<typeof openFileTree>>['tree']>) {
  const { nodes, wasCut } = opened;
  return { nodes, wasCut, read: opened.read.bind(opened), readMany: opened.readMany.bind(opened) };
}

t.test('debugfs sees the same inodes and sizes', async (t) => {
  await makeExt(at('ext'), tree, ['-t', 'ext4']);
  await using opened = await openTree(at('ext'));
  for (const path of ['/etc', '/many']) {
    const { stdout } = await runTool('debugfs', ['-R', `ls -l -p ${path}`, at('ext')]);
    const lines = stdout
      .split('\n')
      .map((line) => line.split('/'))
      .filter((fields) => (fields[5] ?? '.').replace(/^\.+$/, '') !== '');
    for (const [, inode, mode, uid, , name] of lines) {
      const node = opened.tree!.nodes.get(`${path}/${name}`);
      t.match(node, { inode: Number(inode), mode: Number.parseInt(mode!, 8) & 0o7777, uid: Number(uid) });
    }
    t.ok(lines.length >= 2);
  }
});

t.test('FAT', async (t) => {
  for (const [bits, size] of [
    [12, 2],
    [16, 16],
    [32, 34],
  ] as const) {
    await makeFat(at('fat'), bits, size * mebibyte, join(tree, 'etc'));
    await runTool('mcopy', ['-s', '-Q', '-i', at('fat'), join(tree, 'many'), join(tree, 'large'), '::/']);
    await using opened = await openTree(at('fat'));
    t.same(opened.findings, [], `FAT${bits}`);
    const { nodes, read } = bound(opened.tree!);
    t.match(nodes.get('/etc/machine-id'), { kind: 'file', sizeBytes: 14, mode: null, uid: null });
    t.ok(Math.abs(nodes.get('/etc/machine-id')!.modifiedAt!.getTime() - Date.now()) < 86_400_000);
    t.equal([...nodes.keys()].filter((path) => path.startsWith('/many/a-file-with-a-name')).length, 300);
    t.equal(await read('/etc/machine-id', 100).then(String), 'uninitialized\n');
    t.ok((await read('/large', 2 ** 40))!.equals(largeContent), `FAT${bits}`);
    t.equal(await read('/many/a-file-with-a-name-of-some-length-299', 100).then(String), '299');
    t.equal(nodes.has('/BOOT'), false, 'the label is no file');
  }
});

t.test('squashfs', async (t) => {
  for (const compressor of ['gzip', 'xz', 'zstd']) {
    await makeSquashfs(at('squashfs'), tree, ['-comp', compressor]);
    const partition = await inDisk(await readFile(at('squashfs')), at('disk'));
    await using opened = await openTree(at('disk'), { partition });
    const { nodes, read, readMany } = bound(opened.tree!);
    t.match(nodes.get('/etc/ssh/ssh_host_rsa_key'), { kind: 'file', sizeBytes: 7, mode: 0o600, uid: 0 });
    t.ok(Math.abs(nodes.get('/etc/machine-id')!.modifiedAt!.getTime() - Date.now()) < 3_600_000);
    t.match(nodes.get('/short-link'), { kind: 'link', target: 'etc/machine-id' });
    t.match(nodes.get('/long-link'), { kind: 'link', target: longTarget });
    t.equal(await read('/hard', 5).then(String), 'unini');
    t.ok((await read('/large', 2 ** 40))!.equals(largeContent));
    t.equal(await read('/short-link', 100), undefined);
    const many = [...nodes.keys()].filter((path) => path.startsWith('/many/'));
    const contents = await readMany([...many, '/large', '/nothing'], 100);
    t.equal(contents.size, 301);
    t.ok(many.every((path) => contents.get(path)!.toString() === path.split('-').at(-1)));
    t.ok(contents.get('/large')!.equals(largeContent.subarray(0, 100)));
    t.same(
      kindsOf(opened.findings),
      ['file-tree-damaged'],
      'a name with a line break cannot be told from damage',
    );
  }
});

t.test('limits', async (t) => {
  await makeExt(at('ext'), tree, []);
  await makeFat(at('fat'), 16, 16 * mebibyte, join(tree, 'many'));
  await makeSquashfs(at('squashfs'), tree);
  for (const name of ['ext', 'fat', 'squashfs']) {
    await using opened = await openTree(at(name), { limits: { entries: 20, depth: 9 } });
    t.equal(opened.tree!.nodes.size, 20, name);
    t.ok(opened.tree!.wasCut);
    t.ok(kindsOf(opened.findings).includes('file-tree-cut'));
  }
  await using shallow = await openTree(at('ext'), { limits: { entries: 1000, depth: 1 } });
  t.ok(shallow.tree!.wasCut);
  t.equal(shallow.tree!.nodes.has('/etc/machine-id'), false);
});

t.test('what has no tree', async (t) => {
  const xfs = Buffer.alloc(mebibyte);
  xfs.write('XFSB');
  xfs.writeUInt32BE(4096, 4);
  await writeFile(at('bytes'), xfs);
  await using opened = await openTree(at('bytes'));
  t.same([opened.tree, kindsOf(opened.findings)], [undefined, ['file-system-not-looked-into']]);
  await writeFile(at('bytes'), Buffer.alloc(mebibyte));
  await using empty = await openTree(at('bytes'));
  t.same([empty.tree, empty.findings], [undefined, []]);
});

t.test('a sparse disk of a terabyte', async (t) => {
  await makeExt(at('ext'), tree, []);
  await truncate(at('ext'), 2 ** 40);
  await using opened = await openTree(at('ext'));
  t.ok(opened.tree!.nodes.has('/etc/machine-id'));
});
