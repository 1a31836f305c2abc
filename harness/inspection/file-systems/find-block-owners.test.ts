import { link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { ImageSource } from '../image-source.ts';
import { DiskBudget } from './disk-budget.ts';
import { type FileTree, openFileTree, type TreeNode } from './file-tree.ts';
import { type BlockOwner, findBlockOwners } from './find-block-owners.ts';
import { makeExt, makeFat, mebibyte, partitionAt } from './fixtures/images.ts';
import { stepsOfMapBlock } from './limits.ts';
import { recogniseFileSystem } from './recognise.ts';

const folder = t.testdir({});
const at = (name: string) => join(folder, name);
const contents: Record<string, Buffer> = {
  'a/small': marked('small', 700),
  'a/large': marked('large', 600_000),
  other: marked('other', 20_000),
};

/** Content that tells of each of its bytes to whom it belongs, and where it lies. */
function marked(name: string, lengthBytes: number): Buffer {
  const lines = Array.from({ length: lengthBytes / 16 + 1 }, (_, index) => `<${name}${index}>`.padEnd(16));
  return Buffer.from(lines.join('')).subarray(0, lengthBytes);
}

t.before(async () => {
  await mkdir(at('tree/a'), { recursive: true });
  for (const [name, content] of Object.entries(contents)) await writeFile(join(at('tree'), name), content);
  await link(at('tree/other'), at('tree/other-name'));
});

async function ownersIn(image: string, placesOf: (bytes: Buffer) => number[], budget = new DiskBudget()) {
  await using source = await ImageSource.open(image);
  const fileSystem = await recogniseFileSystem(source, partitionAt(0, source.sizeBytes));
  const { tree } = await openFileTree(source, fileSystem);
  return await findBlockOwners(tree!, placesOf(await readFile(image)), budget);
}

const show = (owner: BlockOwner | undefined) =>
  owner === undefined || owner === 'journal' ? owner : owner.paths.join(' ');

/** Where a text lies in an image; everywhere. */
function placesOfText(bytes: Buffer, text: string): number[] {
  const places: number[] = [];
  for (let place = bytes.indexOf(text); place !== -1; place = bytes.indexOf(text, place + 1))
    places.push(place);
  return places;
}

t.test('the file in which a place lies, in every kind of map', async (t) => {
  const images: Record<string, () => Promise<string>> = {
    extents: () => makeExt(at('extents'), at('tree'), ['-t', 'ext4', '-b', '4096']),
    pointers: () => makeExt(at('pointers'), at('tree'), ['-t', 'ext2', '-b', '1024']),
    inline: () => makeExt(at('inline'), at('tree'), ['-t', 'ext4', '-O', 'inline_data', '-I', '1024']),
    fat12: () => makeFat(at('fat12'), 12, 4 * mebibyte, at('tree')),
    fat32: () => makeFat(at('fat32'), 32, 40 * mebibyte, at('tree')),
  };
  for (const [name, make] of Object.entries(images)) {
    const image = await make();
    const texts = ['<small0>', '<small42>', '<large0>', '<large20000>', '<large37499>', '<other700>'];
    let asked: number[] = [];
    const { owners, wasCut } = await ownersIn(image, (bytes) => {
      asked = texts.map((text) => placesOfText(bytes, text)[0]!);
      return asked;
    });
    t.equal(wasCut, false, name);
    const found = asked.map((place) => show(owners.get(place))!.replace(/^\/tree\//, '/'));
    const files = ['/a/small', '/a/small', '/a/large', '/a/large', '/a/large'];
    t.same(found.slice(0, 5), files, name);
    // A FAT has copies instead of hard links.
    t.match(found[5], name.startsWith('fat') ? /^\/other(-name)?$/ : '/other /other-name', name);
  }
  const inode = (await runTool('debugfs', ['-R', 'stat /a/small', at('inline')])).stdout;
  t.match(inode, /Size of inline data: 700/, 'it lies in its inode');
});

t.test(
  'what belongs to no file: the journal, metadata, and what lies behind the end of a file',
  async (t) => {
    await makeExt(at('fs'), at('tree'), ['-t', 'ext4', '-b', '4096']);
    const map = async (what: string) =>
      Number((await runTool('debugfs', ['-R', `bmap ${what} 0`, at('fs')])).stdout.trim()) * 4096;
    const [journal, small] = [await map('<8>'), await map('/a/small')];
    const places = [journal + 8192, small + 699, small + 700, 1024, 15 * mebibyte];
    const { owners, wasCut } = await ownersIn(at('fs'), () => places);
    t.same(
      places.map((place) => show(owners.get(place))),
      ['journal', '/a/small', undefined, undefined, undefined],
    );
    t.equal(wasCut, false);
  },
);

t.test('it ends when all are found, when the budget does, and when it is told to', async (t) => {
  await makeExt(at('ext2'), at('tree'), ['-t', 'ext2', '-b', '1024']);
  const budget = new DiskBudget();
  const before = budget.mapSteps;
  const large = (bytes: Buffer) => placesOfText(bytes, '<large37499>');
  t.equal((await ownersIn(at('ext2'), () => [], budget)).owners.size, 0);
  t.equal(budget.mapSteps, before, 'nothing is asked for nothing');
  t.equal((await ownersIn(at('ext2'), large, budget)).owners.size, 1);
  const used = before - budget.mapSteps;
  t.ok(used > 586 + 3 * stepsOfMapBlock, `${used} steps: its blocks, and three that say where they lie`);
  const few = new DiskBudget();
  few.mapSteps = used - 1;
  const cut = await ownersIn(at('ext2'), large, few);
  t.same([cut.owners.size, cut.wasCut], [0, true]);
  t.ok(few.mapSteps > -2 * stepsOfMapBlock, 'and stays so');
  const gone = new DiskBudget(AbortSignal.abort(new Error('no more')));
  await t.rejects(ownersIn(at('ext2'), large, gone), { message: 'no more' });
});

t.test('a hostile tree of pointers takes no more than the budget', async (t) => {
  await makeExt(at('ext2'), at('tree'), ['-t', 'ext2', '-b', '1024']);
  const stat = (await runTool('debugfs', ['-R', 'stat /a/large', at('ext2')])).stdout;
  const block = Number(/\(IND\):(\d+)/.exec(stat)![1]);
  const commands = ['block[13]', 'block[14]'].map((field) => `sif /a/large ${field} ${block}`);
  await runTool('debugfs', ['-w', '-f', '-', at('ext2')], {
    input: `${commands.join('\n')}\nsif /a/large size 1099511627776\n`,
  });
  const image = await readFile(at('ext2'));
  for (let index = 0; index < 256; index += 1) image.writeUInt32LE(block, block * 1024 + index * 4);
  await writeFile(at('ext2'), image);
  const budget = new DiskBudget();
  const { owners } = await ownersIn(at('ext2'), () => [15 * mebibyte, block * 1024], budget);
  t.same([...owners.values()].map(show), ['/a/large'], 'what it claims');
  t.ok(budget.mapSteps > 0);
});

t.test('a thousand places that thousands of files claim are each found once', async (t) => {
  const node = (path: string): TreeNode => ({
    ...{ path, kind: 'file', sizeBytes: 1, mode: 0, uid: 0, modifiedAt: null },
  });
  let ranges = 0;
  const tree = {
    nodes: new Map(Array.from({ length: 5000 }, (_, index) => [`/${index}`, node(`/${index}`)])),
    wasCut: true,
    async *contentRanges() {
      ranges += 1;
      yield { offsetBytes: 0, lengthBytes: 999 };
    },
  } as unknown as FileTree;
  const places = Array.from({ length: 1000 }, (_, index) => index);
  const { owners, wasCut } = await findBlockOwners(tree, [...places, ...places], new DiskBudget());
  t.equal(owners.size, 999);
  t.same(show(owners.get(998)), '/0');
  t.equal(wasCut, true, 'the last one may be in an entry that was left out');
  t.equal(ranges, 5000);
  await findBlockOwners(tree, [5], new DiskBudget());
  t.equal(ranges, 5001, 'when all are found, it ends');
});

t.test('one file of millions of blocks keeps nobody waiting, and can be stopped', async (t) => {
  const stop = new AbortController();
  const tree = {
    nodes: new Map([['/endless', { path: '/endless', kind: 'file', sizeBytes: 1 }]]),
    wasCut: false,
    async *contentRanges() {
      for (;;) yield { offsetBytes: 0, lengthBytes: 1 };
    },
  } as unknown as FileTree;
  setImmediate(() => stop.abort(new Error('no more')));
  await t.rejects(findBlockOwners(tree, [5], new DiskBudget(stop.signal)), { message: 'no more' });
});
