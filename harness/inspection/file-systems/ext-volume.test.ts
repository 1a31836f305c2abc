import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { ImageSource } from '../image-source.ts';
import { parseExtSuperblock } from './ext-superblock.ts';
import { ExtVolume, type ExtVolumeLimits } from './ext-volume.ts';
import { openFileTree } from './file-tree.ts';
import { makeExt, makeTree, mebibyte, partitionAt } from './fixtures/images.ts';
import { PartitionReader } from './partition-reader.ts';
import { recogniseFileSystem } from './recognise.ts';

const folder = t.testdir({});
const at = (name: string) => join(folder, name);
let tree = '';

t.before(async () => {
  tree = await makeTree(folder);
});

async function openVolume(path: string, limits: ExtVolumeLimits = {}) {
  const source = await ImageSource.open(path);
  const reader = new PartitionReader(source, partitionAt(0, source.sizeBytes));
  const volume = new ExtVolume(reader, parseExtSuperblock(await reader.read(1024, 1024))!, limits);
  return { volume, reader, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() };
}

/** Of an entry in the root folder. */
async function handleOf(volume: ExtVolume, name: string): Promise<number> {
  const { entries } = await volume.list((await volume.root())!.handle, 1000);
  return entries.find((entry) => entry.name === name)!.handle;
}

t.test(
  'descriptors of bigalloc with blocks of 1 KiB lie behind block 1, and data begins with block 0',
  async (t) => {
    for (const options of [
      ['-O', 'bigalloc', '-C', '16384'],
      ['-O', 'bigalloc,meta_bg,^resize_inode', '-C', '16384'],
      ['-O', 'bigalloc', '-C', '65536', '-N', '4096'],
    ]) {
      await makeExt(at('ext'), tree, ['-t', 'ext4', '-b', '1024', ...options], 300 * mebibyte);
      const { stdout } = await runTool('dumpe2fs', [at('ext')]);
      t.match(stdout, /^First block: +0$/m, 'it is one of these');
      await using source = await ImageSource.open(at('ext'));
      const fileSystem = await recogniseFileSystem(source, partitionAt(0, source.sizeBytes));
      t.same(fileSystem.findings, [], options[1]!);
      const { tree: opened, findings } = await openFileTree(source, fileSystem);
      t.same(findings, [], options[1]!);
      t.equal((await opened!.read('/etc/machine-id', 100))?.toString(), 'uninitialized\n', options[1]!);
      t.equal([...opened!.nodes.keys()].filter((path) => path.startsWith('/many/')).length, 300);
    }
  },
);

t.test('what it takes to list a folder is bounded within the folder, too', async (t) => {
  await makeExt(at('ext'), tree, []);
  await using whole = await openVolume(at('ext'));
  const many = await handleOf(whole.volume, 'many');
  const bytesBefore = whole.reader.bytesRead;
  t.equal((await whole.volume.list(many, 1000)).entries.length, 300);
  const bytesOfFolder = whole.reader.bytesRead - bytesBefore;
  await using bounded = await openVolume(at('ext'), { walkBytes: bytesOfFolder / 2 });
  const { entries, damages } = await bounded.volume.list(many, 1000);
  t.ok(entries.length > 100 && entries.length < 200, `${entries.length} entries`);
  t.same(damages, []);
  t.ok(bounded.volume.bytesRead() > bytesOfFolder / 2, 'so that the walk knows');
});

t.test('files are read until they took enough, all together', async (t) => {
  await makeExt(at('ext'), tree, []);
  await using opened = await openVolume(at('ext'), { readingBytes: 700_000 });
  const { volume } = opened;
  const file = { handle: await handleOf(volume, 'large'), sizeBytes: 300_000 };
  const lengths: (number | undefined)[] = [];
  for (let round = 0; round < 5; round += 1) lengths.push((await volume.read(file, 2 ** 40))?.length);
  t.same(lengths, [300_000, 300_000, 300_000, undefined, undefined]);
  t.equal(
    (await volume.list(await handleOf(volume, 'many'), 1000)).entries.length,
    300,
    'folders are listed',
  );
});
