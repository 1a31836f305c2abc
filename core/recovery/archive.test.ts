import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { archiveTree } from './archive-tree.ts';
import { restoreTree, verifyArchive } from './restore-tree.ts';

t.test('a tree comes back byte for byte, with modes and links, and what was not in it goes', async (t) => {
  const { tree, archive } = sample(t);
  await archiveTree(tree, archive);
  const target = join(tree, '..', 'target');
  mkdirSync(join(target, 'sub'), { recursive: true });
  mkdirSync(join(target, 'lost+found'));
  writeFileSync(join(target, 'sub/stranger'), 'not of the archive');
  await restoreTree(archive, target, { exact: true });
  t.same(readFileSync(join(target, 'bytes')), readFileSync(join(tree, 'bytes')));
  t.equal(readFileSync(join(target, 'sub/empty'), 'utf8'), '');
  t.equal(readlinkSync(join(target, 'sub/link')), '../bytes');
  t.equal(statSync(join(target, 'bytes')).mode & 0o7777, 0o640);
  t.same(await readdir(join(target, 'sub')), ['empty', 'link']);
  t.ok(statSync(join(target, 'lost+found')).isDirectory());
});

t.test('the same tree gives the same archive', async (t) => {
  const { tree, archive } = sample(t);
  await archiveTree(tree, archive);
  const first = await readAll(archive);
  await archiveTree(tree, archive);
  t.same(await readAll(archive), first);
});

t.test('an object that was changed, cut short or lost is named, and nothing false is restored', async (t) => {
  const { tree, archive } = sample(t);
  await archiveTree(tree, archive);
  const [name] = await readdir(join(archive, 'objects'));
  const path = join(archive, 'objects', name!);
  const good = await readFile(path);
  const target = join(tree, '..', 'target');
  const flipped = Buffer.from(good);
  flipped[good.length - 1]! ^= 1;
  for (const [what, bytes] of Object.entries({
    flipped,
    cut: good.subarray(0, good.length - 2),
    empty: Buffer.alloc(0),
  })) {
    await writeFile(path, bytes);
    await t.rejects(verifyArchive(archive), { code: 'CORE_ARCHIVE_DAMAGED' }, what);
    await t.rejects(restoreTree(archive, target), { code: 'CORE_ARCHIVE_DAMAGED' }, what);
  }
});

t.test('one archive’s object under another’s name is found out', async (t) => {
  const { tree, archive } = sample(t);
  await archiveTree(tree, archive);
  const [one, two] = await readdir(join(archive, 'objects'));
  await writeFile(join(archive, 'objects', one!), await readFile(join(archive, 'objects', two!)));
  await t.rejects(verifyArchive(archive), { code: 'CORE_ARCHIVE_DAMAGED', message: /SHA-256/ });
});

t.test('a manifest cannot lead out of the tree', async (t) => {
  const { tree, archive } = sample(t);
  const manifest = await archiveTree(tree, archive);
  for (const path of ['../escape', '/etc/passwd', 'sub//x', './x']) {
    const entries = [...manifest.entries, { ...manifest.entries[0]!, path }];
    await writeFile(join(archive, 'manifest.json'), JSON.stringify({ ...manifest, entries }));
    await t.rejects(restoreTree(archive, join(tree, '../out')), { code: 'CORE_ARCHIVE_DAMAGED' }, path);
  }
});

function sample(t: Test): { tree: string; archive: string } {
  const root = t.testdir({ tree: { sub: { empty: '' }, 'lost+found': { inode: 'x' } } });
  const tree = join(root, 'tree');
  const bytes = Buffer.alloc(300_000, 'assay ');
  for (let index = 0; index < bytes.length; index += 997) bytes[index] = index % 251;
  writeFileSync(join(tree, 'bytes'), bytes);
  chmodSync(join(tree, 'bytes'), 0o640);
  symlinkSync('../bytes', join(tree, 'sub/link'));
  return { tree, archive: join(root, 'archive') };
}

async function readAll(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const paths = names.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(path).toString('hex')]));
}

t.test('an archive, its reading and its restoring end when they are told to', async (t) => {
  const folder = t.testdir({ tree: { one: '1', two: '2' } });
  const [tree, archive, target] = ['tree', 'archive', 'target'].map((name) => join(folder, name));
  const given = AbortSignal.abort(new Error('given up'));
  const refusal = { message: 'given up' };
  await t.rejects(archiveTree(tree!, archive!, { signal: given }), refusal);
  t.notOk(existsSync(join(archive!, 'manifest.json')), 'it is not taken for a whole one');
  await archiveTree(tree!, archive!);
  await t.rejects(verifyArchive(archive!, given), refusal);
  await t.rejects(restoreTree(archive!, target!, { signal: given }), refusal);
  t.notOk(existsSync(join(target!, 'one')));
});

t.test('a restored folder has its mode before it is synced', async (t) => {
  const { tree, archive } = sample(t);
  chmodSync(join(tree, 'sub'), 0o750);
  await archiveTree(tree, archive);
  const target = join(tree, '..', 'target');
  const modes: number[] = [];
  t.teardown(() => {
    globalThis.leavesOutDurabilityStep = undefined;
  });
  globalThis.leavesOutDurabilityStep = (step) => {
    if (step === 'restore-tree.folder') modes.push(statSync(join(target, 'sub')).mode & 0o7777);
    return false;
  };
  await restoreTree(archive, target);
  t.same(modes, [0o750]);
});

t.test(
  'who owns a file does not take its set-user bit away',
  { skip: process.getuid?.() !== 0 },
  async (t) => {
    const { tree, archive } = sample(t);
    chownSync(join(tree, 'bytes'), 1234, 2345);
    chmodSync(join(tree, 'bytes'), 0o6755);
    await archiveTree(tree, archive);
    const target = join(tree, '..', 'target');
    await restoreTree(archive, target, { owners: true });
    const { mode, uid, gid } = statSync(join(target, 'bytes'));
    t.same({ mode: mode & 0o7777, uid, gid }, { mode: 0o6755, uid: 1234, gid: 2345 });
  },
);
