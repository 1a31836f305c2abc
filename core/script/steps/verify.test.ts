import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parseConfig } from '../../../foundation/index.ts';
import { type FileMachine, formatFile, makeFileMachine, mebibyte } from './fixtures/file-disks.ts';
import { makeVerify } from './verify.ts';

function prepare(t: Test): FileMachine & { root: string } {
  const fake = makeFileMachine(t, [{ name: 'vda', sizeBytes: 16 * mebibyte, partitions: [[2048, 8192]] }]);
  formatFile(fake.device('vda1'));
  const root = join(fake.folder, 'volumes/vda1');
  mkdirSync(join(root, 'etc'), { recursive: true });
  for (const name of ['one', 'two', 'a\\b', 'new\nline'])
    writeFileSync(join(root, 'etc', name), `content of ${name}`);
  return { ...fake, root };
}

async function run({ machine, context }: FileMachine, written: object) {
  const kind = makeVerify(machine);
  return await kind.run(parseConfig(kind.options, written, 'the step'), context);
}

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
const on = (path: string) => ({ partition: 'only#1', path });

t.test('one file', async (t) => {
  const fake = prepare(t);
  const hash = sha256('content of one');
  t.same(await run(fake, { file: on('/etc/one'), sha256: hash.toUpperCase() }), { files: 1 });
  t.same(fake.context.programs, ['mount ext4 ro vda1', 'umount vda1']);
  const error = { code: 'SCRIPT_FILES_DIFFER', message: /etc\/two on only#1/ };
  await t.rejects(run(fake, { file: on('/etc/two'), sha256: hash }), error);
  await t.rejects(run(fake, { file: on('/etc/gone'), sha256: hash }), { message: /missing/ });
  t.equal(fake.context.programs.at(-1), 'umount vda1');
});

t.test('a list as sha256sum writes it; each file that differs is named', async (t) => {
  const fake = prepare(t);
  const list = execFileSync('sha256sum', ['etc/one', 'etc/two', 'etc/a\\b', 'etc/new\nline'], {
    cwd: fake.root,
  });
  writeFileSync(join(fake.folder, 'script/SHA256SUMS'), list);
  t.same(await run(fake, { manifest: 'SHA256SUMS', in: on('/') }), { files: 4 });
  writeFileSync(join(fake.root, 'etc/one'), 'x');
  execFileSync('rm', [join(fake.root, 'etc/a\\b')]);
  await t.rejects(run(fake, { manifest: 'SHA256SUMS', in: on('/') }), {
    code: 'SCRIPT_FILES_DIFFER',
    message: /got: +etc\/one \(SHA-256 [0-9a-f]{64}\), etc\/a\\b \(missing\)/,
  });
});

t.test('links are followed inside of the partition', async (t) => {
  const fake = prepare(t);
  symlinkSync('/etc/one', join(fake.root, 'link'));
  writeFileSync(join(fake.folder, 'script/list'), `${sha256('content of one')}  link\n`);
  t.same(await run(fake, { manifest: 'list', in: on('/') }), { files: 1 });
});

t.test('a list that is none', async (t) => {
  const fake = prepare(t);
  for (const text of ['', 'abc  file\n', `${sha256('')} file\n`]) {
    writeFileSync(join(fake.folder, 'script/list'), text);
    await t.rejects(run(fake, { manifest: 'list', in: on('/') }), { code: 'SCRIPT_FILE_MISSING' }, text);
  }
  await t.rejects(run(fake, { manifest: 'gone', in: on('/') }), { code: 'SCRIPT_FILE_MISSING' });
});

t.test('a whole partition, or its beginning', async (t) => {
  const fake = prepare(t);
  const bytes = Buffer.alloc(4 * mebibyte, 'assay');
  writeFileSync(fake.device('vda1'), bytes);
  t.match(await run(fake, { partition: 'only#1', sha256: sha256(bytes) }), { sizeBytes: 4 * mebibyte });
  const beginning = { partition: 'only#1', size: '1000B', sha256: sha256(bytes.subarray(0, 1000)) };
  t.match(await run(fake, beginning), { target: 'vda1', sizeBytes: 1000 });
  await t.rejects(run(fake, { ...beginning, size: '1001B' }), {
    code: 'SCRIPT_FILES_DIFFER',
    message: /vda1/,
  });
  await t.rejects(run(fake, { ...beginning, size: '5MiB' }), { code: 'SCRIPT_FILES_DIFFER' });
  await t.rejects(run(fake, { ...beginning, size: '0B' }), { code: 'FOUNDATION_CONFIG_INVALID' });
});
