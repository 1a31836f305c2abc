import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { corrupted, makeExt, makeFat, makeSquashfs, makeTree, mebibyte } from './fixtures/images.ts';
import { openTree } from './fixtures/open-tree.ts';

const folder = t.testdir({});
const at = (name: string) => join(folder, name);
const kindsOf = (findings: readonly { kind: string }[]) => findings.map(({ kind }) => kind);
let tree = '';

t.before(async () => {
  tree = await makeTree(folder);
});

/** Commands of debugfs that change an image: this one is ours. */
async function debugfs(image: string, ...commands: string[]) {
  await runTool('debugfs', ['-w', '-f', '-', image], { input: `${commands.join('\n')}\n` });
}

t.test('hostile ext', async (t) => {
  await t.test('a folder in itself', async (t) => {
    await makeExt(at('ext'), tree, []);
    await debugfs(at('ext'), 'link /etc /etc/ssh/up', 'link / /etc/root');
    await using opened = await openTree(at('ext'));
    t.same(kindsOf(opened.findings), ['file-tree-damaged']);
    t.match(opened.findings[0]!.evidence, /"up" is a folder that is elsewhere/);
    t.equal(opened.tree!.nodes.has('/etc/ssh/up/ssh'), false);
  });
  await t.test('a terabyte in no blocks, as file and as folder', async (t) => {
    for (const options of [
      ['-t', 'ext4'],
      ['-t', 'ext2'],
    ]) {
      await makeExt(at('ext'), tree, options);
      await debugfs(at('ext'), 'sif /etc/machine-id size 1099511627776', 'sif /many size 1099511627776');
      await using opened = await openTree(at('ext'));
      t.equal(opened.tree!.nodes.get('/etc/machine-id')!.sizeBytes, 2 ** 40);
      t.match(await opened.tree!.read('/etc/machine-id', 20).then(String), /^uninitialized\n\0{6}$/);
      t.equal([...opened.tree!.nodes.keys()].filter((path) => path.startsWith('/many/')).length, 300);
    }
  });
  await t.test('entries that point nowhere', async (t) => {
    await makeExt(at('ext'), tree, []);
    await debugfs(at('ext'), 'link <4000> /etc/free', 'sif /etc/issue links_count 0');
    await using opened = await openTree(at('ext'));
    t.match(opened.findings[0]!.evidence, /"issue" \(inode \d+\).*"free" \(inode 4000\)/);
    t.ok(opened.tree!.nodes.has('/etc/machine-id'));
  });
  await t.test('a size that no disk has', async (t) => {
    await makeExt(at('ext'), tree, []);
    const image = await readFile(at('ext'));
    image.writeUInt32LE(0xffffffff, 1024 + 4);
    await writeFile(at('ext'), image);
    await using opened = await openTree(at('ext'));
    t.ok(opened.tree!.nodes.has('/etc/machine-id'), 'what is there is read all the same');
  });
  await t.test('indirect blocks that point to themselves', async (t) => {
    await makeExt(at('ext'), tree, ['-t', 'ext2', '-b', '1024']);
    const { stdout } = await runTool('debugfs', ['-R', 'stat /large', at('ext')]);
    const block = Number(/\(IND\):(\d+)/.exec(stdout)![1]);
    await debugfs(
      at('ext'),
      `sif /large block[13] ${block}`,
      `sif /large block[14] ${block}`,
      'sif /large size 1099511627776',
    );
    const image = await readFile(at('ext'));
    for (let index = 0; index < 256; index += 1) image.writeUInt32LE(block, block * 1024 + index * 4);
    await writeFile(at('ext'), image);
    await using opened = await openTree(at('ext'));
    t.equal((await opened.tree!.read('/large', 2 ** 40))!.length, 64 * mebibyte);
  });
  await t.test('extents whose nodes all lead to the same nodes', async (t) => {
    await makeExt(at('ext'), tree, ['-t', 'ext4', '-b', '4096']);
    const image = await readFile(at('ext'));
    const { stdout } = await runTool('debugfs', ['-R', 'imap /large', at('ext')]);
    const [, block, offset] = /located at block (\d+), offset 0x([0-9a-f]+)/.exec(stdout)!;
    const node = (at: number, depth: number, entries: number, child: number) => {
      for (const [index, value] of [0xf30a, entries, entries, depth].entries())
        image.writeUInt16LE(value, at + index * 2);
      for (let index = 1; index <= entries; index += 1) {
        image.fill(0, at + index * 12, at + index * 12 + 12);
        image.writeUInt32LE(child, at + index * 12 + 4);
      }
    };
    const free = 4000;
    node(Number(block) * 4096 + Number.parseInt(offset!, 16) + 0x28, 5, 4, free);
    for (let depth = 4; depth > 0; depth -= 1) node((free + 4 - depth) * 4096, depth, 340, free + 5 - depth);
    node((free + 4) * 4096, 0, 0, 0);
    await writeFile(at('bytes'), image);
    await using opened = await openTree(at('bytes'));
    const content = await opened.tree!.read('/large', 5000);
    t.same(content, Buffer.alloc(5000), 'each node is read once: 340 to the fifth would not end');
  });
});

t.test('hostile FAT: chains that lead back', async (t) => {
  await makeFat(at('fat'), 16, 16 * mebibyte, join(tree, 'many'));
  await runTool('mcopy', ['-i', at('fat'), join(tree, 'large'), '::/']);
  const image = await readFile(at('fat'));
  const table = image.readUInt16LE(14) * 512;
  for (let cluster = 2; cluster < 2000; cluster += 1)
    image.writeUInt16LE(2 + (cluster % 7), table + cluster * 2);
  await writeFile(at('fat'), image);
  await using opened = await openTree(at('fat'));
  t.ok(opened.tree!.nodes.size > 3);
  t.equal(await opened.tree!.read('/large', 2 ** 40), undefined, 'its chain has seven clusters');
  t.equal((await opened.tree!.read('/large', 1000))!.length, 1000);
});

t.test('hostile FAT: a long name of another file', async (t) => {
  const name = 'a-file-with-a-name-of-some-length-7';
  await makeFat(at('fat'), 16, 16 * mebibyte, join(tree, 'many', name));
  const image = await readFile(at('fat'));
  await writeFile(at('fat'), image.fill('9', image.indexOf('A-FIL') + 7, image.indexOf('A-FIL') + 8));
  await using opened = await openTree(at('fat'));
  t.match(
    [...opened.tree!.nodes.keys()],
    ['/', /^\/A-FIL..9$/],
    'its checksum is not that of the short name',
  );
});

t.test('hostile squashfs: one file that cannot be unpacked', async (t) => {
  await makeSquashfs(at('squashfs'), tree);
  const image = await readFile(at('squashfs'));
  // The blocks of the large file come first.
  await writeFile(at('squashfs'), image.fill(0xff, 96, 160));
  await using opened = await openTree(at('squashfs'));
  const contents = await opened.tree!.readMany(['/large', '/etc/machine-id', '/many'], 2 ** 20);
  t.same([...contents.keys()], ['/etc/machine-id'], 'the others are read all the same');
});

t.test('random damage always gives an answer', async (t) => {
  await makeExt(at('ext2'), tree, ['-t', 'ext2'], 8 * mebibyte);
  await makeExt(at('ext4'), tree, ['-t', 'ext4'], 12 * mebibyte);
  await makeFat(at('fat'), 12, 4 * mebibyte, join(tree, 'many'));
  await makeSquashfs(at('squashfs'), tree);
  const places: Record<string, [number, number]> = {
    ext2: [1024, 300_000],
    ext4: [1024, 1_000_000],
    fat: [0, 60_000],
    squashfs: [0, 20_000],
  };
  let trees = 0;
  let damaged = 0;
  for (const [name, [start, end]] of Object.entries(places)) {
    const image = await readFile(at(name));
    for (let seed = 0; seed < 10; seed += 1) {
      // Damage in many places at once.
      let bytes: Buffer = image;
      for (let round = 0; round < 8; round += 1)
        bytes = corrupted(bytes, seed * 8 + round, { start, end: Math.min(end, image.length) });
      await writeFile(at('bytes'), bytes);
      await using opened = await openTree(at('bytes'));
      damaged += opened.findings.length;
      if (opened.tree === undefined) continue;
      trees += 1;
      const files = [...opened.tree.nodes.values()].filter(({ kind }) => kind === 'file').slice(0, 20);
      await opened.tree.readMany(
        files.map(({ path }) => path),
        4096,
      );
      t.notMatch([...opened.tree.nodes.keys()].join(''), /\p{Cc}/u, `${name} ${seed}`);
    }
  }
  t.ok(trees > 20, `${trees} trees`);
  t.ok(damaged > 7, `${damaged} findings`);
});
