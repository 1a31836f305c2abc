import { join } from 'node:path';
import t from 'tap';
import { ImageSource } from '../image-source.ts';
import { DiskBudget } from './disk-budget.ts';
import { openFileTree } from './file-tree.ts';
import { makeExt, makeFat, makeSquashfs, makeTree, mebibyte, partitionAt } from './fixtures/images.ts';
import { longestPath, usualToolLimits, usualTreeLimits } from './limits.ts';
import { recogniseFileSystem } from './recognise.ts';
import type { Volume } from './volume.ts';
import { walkVolume } from './walk-volume.ts';

const folder = t.testdir({});
const at = (name: string) => join(folder, name);
const kindsOf = (findings: readonly { kind: string }[]) => findings.map(({ kind }) => kind);

t.before(async () => {
  const tree = await makeTree(folder);
  await makeExt(at('ext'), tree, []);
  await makeFat(at('fat'), 16, 16 * mebibyte, join(tree, 'many'));
  await makeSquashfs(at('squashfs'), tree);
});

async function openTree(name: string, budget: DiskBudget) {
  await using stack = new AsyncDisposableStack();
  const source = stack.use(await ImageSource.open(at(name)));
  const fileSystem = await recogniseFileSystem(source, partitionAt(0, source.sizeBytes));
  const opened = await openFileTree(source, fileSystem, usualTreeLimits, budget);
  const kept = stack.move();
  return { ...opened, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

t.test('entries and characters of all file systems together', async (t) => {
  for (const name of ['ext', 'fat', 'squashfs']) {
    const budget = new DiskBudget();
    budget.pathCharacters = 3000;
    await using opened = await openTree(name, budget);
    t.ok(kindsOf(opened.findings).includes('file-tree-cut'), name);
    const characters = [...opened.tree!.nodes.keys()].join('').length;
    t.ok(characters > 1000 && characters < 4500, `${name}: ${characters}`);
    const few = new DiskBudget();
    few.entries = 30;
    await using first = await openTree(name, few);
    await using second = await openTree(name, few);
    t.same([first.tree!.nodes.size, second.tree!.nodes.size], [30, 1], name);
  }
});

t.test('paths that the kernel could not name', async (t) => {
  const entry = (number: number) => ({
    name: `${number}`.repeat(1000).slice(0, 1000),
    handle: number,
    node: { kind: 'folder', sizeBytes: 0, mode: 0, uid: 0, modifiedAt: null } as const,
  });
  const volume: Volume = {
    root: async () => ({ ...entry(1), name: '/' }),
    list: async (handle) => ({ entries: [entry(handle + 1)], damages: [] }),
    bytesRead: () => 0,
    read: async () => undefined,
  };
  const { tree } = await walkVolume(volume, usualTreeLimits, new DiskBudget());
  t.equal(tree!.wasCut, true);
  t.equal(tree!.nodes.size, 5);
  t.ok([...tree!.nodes.keys()].every((path) => path.length <= longestPath));
});

t.test('time of tools', async (t) => {
  const budget = new DiskBudget(undefined, 8_000);
  const given: number[] = [];
  await budget.forTool(usualToolLimits, async ({ wallClockMs }) => given.push(wallClockMs));
  t.same(given, [8_000], 'no more than is left');
  const used = new DiskBudget(undefined, 0);
  await using opened = await openTree('squashfs', used);
  t.ok(opened.tree!.nodes.has('/etc/machine-id'), 'a few seconds are enough for the list');
  t.equal((await opened.tree!.readMany(['/etc/machine-id'], 100)).size, 0, 'nothing more is run');
  t.equal(await opened.tree!.read('/etc/machine-id', 100), undefined);
});

t.test('a signal ends everything', async (t) => {
  const stop = new AbortController();
  const reason = new Error('stopped');
  const budget = new DiskBudget(stop.signal);
  await using ext = await openTree('ext', budget);
  await using squashfs = await openTree('squashfs', budget);
  stop.abort(reason);
  for (const { tree } of [ext, squashfs]) await t.rejects(tree!.read('/etc/machine-id', 100), reason);
  await t.rejects(openTree('fat', budget), reason);
});
