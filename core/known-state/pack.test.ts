import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { blockBytes, hashBlock, type SignedManifest } from './manifest.ts';
import { openPack, type PackContent, writePack } from './pack.ts';

const first = randomBytes(blockBytes);
const second = Buffer.alloc(blockBytes, 7);
const manifest = (text: string): SignedManifest => ({ text, signature: 'c2lnbmVk' });
const invalid = { code: 'KNOWN_STATE_PACK_INVALID' };

async function* blocksOf(...all: Buffer[]): PackContent['blocks'] {
  for (const bytes of all) yield { hash: hashBlock(bytes), bytes };
}

function content(): PackContent {
  return {
    manifests: { 'system-2': manifest('two'), 'system-1': manifest('one') },
    bootRecords: { system: Buffer.alloc(512, 3) },
    blocks: blocksOf(first, second, first),
  };
}

t.test('a pack gives back what was put in, each block once, and leaves nothing else', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'system.pack');
  await writePack(path, content());
  t.same(await readdir(folder), ['system.pack']);
  {
    await using pack = await openPack(path);
    t.same(pack.manifests, { 'system-1': manifest('one'), 'system-2': manifest('two') });
    t.same(pack.bootRecords, { system: Buffer.alloc(512, 3) });
    const block = Buffer.alloc(blockBytes);
    for (const bytes of [second, first]) {
      t.ok(pack.has(hashBlock(bytes)));
      await pack.read(hashBlock(bytes), block);
      t.ok(block.equals(bytes));
    }
    const absent = hashBlock(Buffer.from('absent'));
    t.notOk(pack.has(absent));
    await t.rejects(pack.read(absent, block), { ...invalid, facts: { got: /does not hold/ } });
  }
  const bytes = await readFile(path);
  t.equal(bytes.length % 4096, 0, 'blocks lie at multiples of 4096');
  t.ok(bytes.length < 3 * blockBytes, 'the block that came twice is there once');
});

t.test('the same content gives the same bytes, in whatever order manifests are named', async (t) => {
  const folder = t.testdir();
  await writePack(join(folder, 'one'), content());
  const { manifests, ...rest } = content();
  const turned = Object.fromEntries(Object.entries(manifests).reverse());
  await writePack(join(folder, 'two'), { ...rest, manifests: turned });
  t.ok((await readFile(join(folder, 'one'))).equals(await readFile(join(folder, 'two'))));
});

t.test('a pack that cannot be finished leaves what was there', async (t) => {
  const folder = t.testdir({ 'system.pack': 'the old one' });
  const path = join(folder, 'system.pack');
  async function* ending(): PackContent['blocks'] {
    yield* blocksOf(first);
    throw new Error('the image cannot be read');
  }
  await t.rejects(writePack(path, { ...content(), blocks: ending() }), /cannot be read/);
  t.same(await readdir(folder), ['system.pack']);
  t.equal(await readFile(path, 'utf8'), 'the old one');
});

t.test('several blocks are read in the order that is asked for, wherever they lie', async (t) => {
  const path = join(t.testdir(), 'system.pack');
  const third = randomBytes(blockBytes);
  await writePack(path, { ...content(), blocks: blocksOf(first, second, third) });
  await using pack = await openPack(path);
  for (const wanted of [
    [first],
    [first, second, third],
    [third, first, second],
    [second, third, second, second],
  ]) {
    const blocks = Buffer.alloc(wanted.length * blockBytes);
    await pack.readSeveral(wanted.map(hashBlock), blocks);
    t.ok(blocks.equals(Buffer.concat(wanted)));
  }
  const absent = hashBlock(Buffer.from('absent'));
  await t.rejects(pack.readSeveral([hashBlock(first), absent], Buffer.alloc(2 * blockBytes)), invalid);
  await truncate(path, (await readFile(path)).length - 1);
  const both = Buffer.alloc(2 * blockBytes);
  await t.rejects(pack.readSeveral([hashBlock(second), hashBlock(third)], both), {
    ...invalid,
    facts: { got: /ends within/ },
  });
});

t.test('what is no pack, or is cut short, is refused', async (t) => {
  const folder = t.testdir({ text: 'ASSAY-PACKED\n', empty: '', long: 'ASSAY-PACK 1 99999999999\n' });
  for (const name of ['none', 'text', 'empty', 'long']) {
    await t.rejects(openPack(join(folder, name)), { ...invalid, facts: { where: join(folder, name) } });
  }
  const path = join(folder, 'system.pack');
  await writePack(path, content());
  const whole = await readFile(path);
  await truncate(path, whole.length - 1);
  {
    await using pack = await openPack(path);
    await t.rejects(pack.read(hashBlock(second), Buffer.alloc(blockBytes)), {
      ...invalid,
      facts: { got: /ends within/ },
    });
  }
  await truncate(path, 100);
  await t.rejects(openPack(path), { ...invalid, facts: { got: 'it ends within its index' } });
  await writeFile(path, 'ASSAY-PACK 1 999999999\n');
  await t.rejects(
    openPack(path),
    { ...invalid, facts: { got: /index of 999999999 bytes/ } },
    'no memory for it',
  );
  const short = { bootRecords: { system: Buffer.alloc(511) } };
  await writePack(path, { ...content(), ...short });
  await t.rejects(openPack(path), { ...invalid, facts: { got: /boot record of system has 511 bytes/ } });
  await writeFile(path, whole);
  await using file = await open(path, 'r+');
  await file.write('?', 'ASSAY-PACK 1 123\n{"mani'.length);
  await t.rejects(openPack(path), invalid, 'an index with a wrong key');
});
