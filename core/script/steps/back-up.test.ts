import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parseConfig } from '../../../foundation/index.ts';
import { makeBackUp } from './back-up.ts';
import { type FileMachine, formatFile, makeFileMachine, mebibyte } from './fixtures/file-disks.ts';
import { makeRestore } from './restore.ts';

interface Prepared extends FileMachine {
  data: string;
  store: string;
}

/** Two partitions: one with data, and one for archives. */
function prepare(t: Test): Prepared {
  const partitions: [number, number][] = [
    [2048, 8192],
    [12288, 8192],
  ];
  const fake = makeFileMachine(t, [{ name: 'vda', sizeBytes: 16 * mebibyte, partitions }]);
  for (const name of ['vda1', 'vda2']) formatFile(fake.device(name));
  const data = join(fake.folder, 'volumes/vda1');
  const store = join(fake.folder, 'volumes/vda2');
  mkdirSync(join(data, 'home/sub'), { recursive: true });
  mkdirSync(store);
  writeFileSync(join(data, 'home/file'), 'content', { mode: 0o600 });
  writeFileSync(join(data, 'home/sub/big'), Buffer.alloc(300_000, 'assay '));
  symlinkSync('file', join(data, 'home/link'));
  return { ...fake, data, store };
}

const home = { partition: 'only#1', path: '/home' };
const archive = { partition: 'only#2', path: '/archives/home' };

async function backUp({ machine, context }: FileMachine, more: object = {}) {
  const kind = makeBackUp(machine);
  return await kind.run(parseConfig(kind.options, { folder: home, archive, ...more }, 'the step'), context);
}

async function restore({ machine, context }: FileMachine, more: object = {}) {
  const kind = makeRestore(machine);
  return await kind.run(parseConfig(kind.options, { folder: home, archive, ...more }, 'the step'), context);
}

t.test('a folder is kept, and comes back', async (t) => {
  const fake = prepare(t);
  t.same(await backUp(fake), { entries: 4, sizeBytes: 300_007, leftOut: 0 });
  t.same(fake.context.programs, ['mount ext4 ro vda1', 'mount ext4 rw vda2', 'umount vda1', 'umount vda2']);
  t.same(readdirSync(join(fake.store, 'archives')), ['home']);
  writeFileSync(join(fake.data, 'home/file'), 'spoilt');
  writeFileSync(join(fake.data, 'home/stranger'), 'x');
  rmSync(join(fake.data, 'home/sub'), { recursive: true });
  t.same(await restore(fake), { entries: 4 });
  t.equal(readFileSync(join(fake.data, 'home/file'), 'utf8'), 'content');
  t.equal(statSync(join(fake.data, 'home/file')).mode & 0o7777, 0o600);
  t.equal(statSync(join(fake.data, 'home/sub/big')).size, 300_000);
  t.equal(readlinkSync(join(fake.data, 'home/link')), 'file');
  t.ok(existsSync(join(fake.data, 'home/stranger')));
  await restore(fake, { exact: true });
  t.notOk(existsSync(join(fake.data, 'home/stranger')));
});

t.test('an older archive is only given up when asked, and for a whole one', async (t) => {
  const fake = prepare(t);
  await backUp(fake);
  const manifest = join(fake.store, 'archives/home/manifest.json');
  const before = readFileSync(manifest, 'utf8');
  writeFileSync(join(fake.data, 'home/file'), 'newer');
  await t.rejects(backUp(fake), { code: 'SCRIPT_ARCHIVE_REFUSED', message: /overwrite/ });
  t.equal(readFileSync(manifest, 'utf8'), before);
  t.match(await backUp(fake, { overwrite: true }), { sizeBytes: 300_005 });
  t.not(readFileSync(manifest, 'utf8'), before);
  t.same(readdirSync(join(fake.store, 'archives')), ['home']);
});

t.test('nothing but an archive is ever replaced, and none is made inside of its own folder', async (t) => {
  const fake = prepare(t);
  mkdirSync(join(fake.store, 'archives/home'), { recursive: true });
  writeFileSync(join(fake.store, 'archives/home/letter'), 'dear');
  const overwrite = true;
  await t.rejects(backUp(fake, { overwrite }), { code: 'SCRIPT_ARCHIVE_REFUSED', message: /no archive/ });
  t.equal(readFileSync(join(fake.store, 'archives/home/letter'), 'utf8'), 'dear');
  const inside = { partition: 'only#1', path: '/home/sub/archive' };
  await t.rejects(backUp(fake, { archive: inside }), { code: 'SCRIPT_ARCHIVE_REFUSED', message: /inside/ });
  const gone = { partition: 'only#1', path: '/gone' };
  await t.rejects(backUp(fake, { folder: gone }), { code: 'SCRIPT_FILE_MISSING' });
});

t.test('pipes and devices are left out', async (t) => {
  const fake = prepare(t);
  execFileSync('mkfifo', [join(fake.data, 'home/sub/pipe')]);
  t.match(await backUp(fake), { entries: 4, leftOut: 1 });
  t.match(fake.context.lines.join(), /sub\/pipe/);
});

t.test('a damaged archive changes nothing', async (t) => {
  const fake = prepare(t);
  await backUp(fake);
  const objects = join(fake.store, 'archives/home/objects');
  const [first] = readdirSync(objects);
  writeFileSync(join(objects, first!), 'junk');
  writeFileSync(join(fake.data, 'home/file'), 'newer');
  await t.rejects(restore(fake, { exact: true }), { code: 'CORE_ARCHIVE_DAMAGED' });
  t.equal(readFileSync(join(fake.data, 'home/file'), 'utf8'), 'newer');
  t.equal(fake.context.programs.at(-1), 'umount vda1');
});

t.test('a link in the place of a folder is not followed', async (t) => {
  const fake = prepare(t);
  await backUp(fake);
  const outside = join(fake.folder, 'outside');
  mkdirSync(outside);
  rmSync(join(fake.data, 'home/sub'), { recursive: true });
  symlinkSync(outside, join(fake.data, 'home/sub'));
  await t.rejects(restore(fake), { code: 'SCRIPT_FILE_IN_THE_WAY', message: /sub/ });
  t.same(readdirSync(outside), []);
  await restore(fake, { exact: true });
  t.same(readdirSync(outside), []);
  t.equal(statSync(join(fake.data, 'home/sub/big')).size, 300_000);
});

t.test('an archive that does not come to its end leaves nothing, and the older one stays', async (t) => {
  const fake = prepare(t);
  await backUp(fake);
  const giveUp = new AbortController();
  const context = { ...fake.context, signal: giveUp.signal, log: () => giveUp.abort(new Error('given up')) };
  execFileSync('mkfifo', [join(fake.data, 'home/pipe')]);
  writeFileSync(join(fake.data, 'home/file'), 'newer');
  await t.rejects(backUp({ ...fake, context }, { overwrite: true }), { message: 'given up' });
  t.same(readdirSync(join(fake.store, 'archives')), ['home']);
  await restore(fake);
  t.equal(readFileSync(join(fake.data, 'home/file'), 'utf8'), 'content');
});
