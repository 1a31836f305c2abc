import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { parseConfig } from '../../../foundation/index.ts';
import { type FileMachine, formatFile, makeFileMachine, mebibyte } from './fixtures/file-disks.ts';
import { makePatchFile } from './patch-file.ts';

const text = 'one\ntwo\nthree\ntwo\n';

function prepare(t: Test): FileMachine & { etc: string; file: string } {
  const fake = makeFileMachine(t, [{ name: 'vda', sizeBytes: 16 * mebibyte, partitions: [[2048, 8192]] }]);
  formatFile(fake.device('vda1'));
  const etc = join(fake.folder, 'volumes/vda1/etc');
  mkdirSync(etc, { recursive: true });
  const file = join(etc, 'conf');
  writeFileSync(file, text);
  chmodSync(file, 0o640);
  chownSync(file, 7, 8);
  return { ...fake, etc, file };
}

async function run({ machine, context }: FileMachine, more: object, path = '/etc/conf') {
  const kind = makePatchFile(machine);
  const written = { in: { partition: 'only#1', path }, ...more };
  return await kind.run(parseConfig(kind.options, written, 'the step'), context);
}

t.test('texts and patterns, one after the other; owner and mode stay', async (t) => {
  const fake = prepare(t);
  await run(fake, {
    replace: [
      { text: 'two', with: '$& $1', count: 2 },
      { pattern: '^(th)ree$', with: '[$1]' },
      { text: '[th]\n', with: 'drei\n' },
    ],
  });
  t.equal(readFileSync(fake.file, 'utf8'), 'one\n$& $1\ndrei\n$& $1\n');
  const { mode, uid, gid } = statSync(fake.file);
  t.same([mode & 0o7777, uid, gid], [0o640, 7, 8]);
  t.same(readdirSync(fake.etc), ['conf'], 'no temporary file is left');
  t.same(fake.context.programs, ['mount ext4 rw vda1', 'umount vda1']);
});

t.test('what is not found as often as expected leaves the file as it was', async (t) => {
  const fake = prepare(t);
  const { ino } = statSync(fake.file);
  for (const [replace, message] of [
    [[{ text: 'four', with: 'x' }], /"four".*found 0 times/s],
    [[{ text: 'two', with: 'x' }], /found once.*found 2 times/s],
    [
      [
        { text: 'one', with: 'x' },
        { pattern: 'f[o]ur', with: 'x' },
      ],
      /f\[o\]ur/,
    ],
    [[{ text: 'three', with: 'x', count: 2 }], /found 2 times.*found once/s],
  ] as const) {
    await t.rejects(run(fake, { replace }), { code: 'SCRIPT_PATCH_DOES_NOT_FIT', message });
    t.equal(readFileSync(fake.file, 'utf8'), text);
    t.equal(statSync(fake.file).ino, ino);
    t.equal(fake.context.programs.at(-1), 'umount vda1', 'unmounted all the same');
  }
});

const patch = `--- a/etc/other-name
+++ b/etc/other-name
@@ -1,4 +1,5 @@
 one
-two
+TWO
 three
 two
+four
`;

t.test('a patch, by the patch of busybox', async (t) => {
  const fake = prepare(t);
  writeFileSync(join(fake.folder, 'script/fix.patch'), patch);
  await run(fake, { patch: 'fix.patch' });
  t.equal(readFileSync(fake.file, 'utf8'), 'one\nTWO\nthree\ntwo\nfour\n');
  t.equal(statSync(fake.file).mode & 0o7777, 0o640);
  t.same(readdirSync(join(fake.folder, 'work')), []);
  await t.rejects(run(fake, { patch: 'fix.patch' }), { code: 'SCRIPT_PATCH_DOES_NOT_FIT' }, 'a second time');
  t.equal(readFileSync(fake.file, 'utf8'), 'one\nTWO\nthree\ntwo\nfour\n');
});

t.test('a patch on the same partition, which is mounted once, to be written', async (t) => {
  const fake = prepare(t);
  writeFileSync(join(fake.etc, 'fix.patch'), patch);
  await run(fake, { patch: { partition: 'largest#1', path: '/etc/fix.patch' } });
  t.match(readFileSync(fake.file, 'utf8'), /TWO/);
  const mounts = fake.context.programs.filter((line) => line.startsWith('mount'));
  t.same(mounts, ['mount ext4 rw vda1']);
});

t.test('a patch that does not fit, is of several files, of none, or not there', async (t) => {
  const fake = prepare(t);
  const path = join(fake.folder, 'script/fix.patch');
  for (const [wrong, message] of [
    [patch.replace('-two', '-zwei'), /./],
    [patch + patch, /a patch of 2 files/],
    ['nothing\n', /a patch of 0 files/],
  ] as const) {
    writeFileSync(path, wrong);
    await t.rejects(run(fake, { patch: 'fix.patch' }), { code: 'SCRIPT_PATCH_DOES_NOT_FIT', message });
    t.equal(readFileSync(fake.file, 'utf8'), text);
    t.same(readdirSync(join(fake.folder, 'work')), []);
  }
  await t.rejects(run(fake, { patch: 'gone.patch' }), { code: 'SCRIPT_FILE_MISSING' });
});

t.test('a link is followed inside of the partition, and stays a link', async (t) => {
  const fake = prepare(t);
  symlinkSync('/etc/conf', join(fake.etc, 'link'));
  await run(fake, { replace: [{ text: 'one', with: 'ONE' }] }, '/etc/link');
  t.match(readFileSync(fake.file, 'utf8'), /^ONE/);
  t.same(readdirSync(fake.etc), ['conf', 'link']);
});

t.test('no file, a folder, no text; and options that make no sense', async (t) => {
  const fake = prepare(t);
  const replace = [{ text: 'a', with: 'b' }];
  await t.rejects(run(fake, { replace }, '/etc/gone'), {
    code: 'SCRIPT_FILE_MISSING',
    message: /gone on only#1/,
  });
  await t.rejects(run(fake, { replace }, '/etc'), { code: 'SCRIPT_FILE_MISSING' });
  writeFileSync(fake.file, Buffer.from([0x61, 0xff]));
  await t.rejects(run(fake, { replace }), { code: 'SCRIPT_PATCH_DOES_NOT_FIT', message: /UTF-8/ });
  await t.rejects(run(fake, {}), { message: /either replace or patch/ });
  await t.rejects(run(fake, { replace: [{ pattern: '(', with: '' }] }), { message: /no regular expression/ });
  await t.rejects(run(fake, { replace: [{ with: '' }] }), { message: /either text or pattern/ });
});
