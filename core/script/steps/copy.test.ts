import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statfsSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { parseConfig } from '../../../foundation/index.ts';
import { makeCopy } from './copy.ts';
import { type FileMachine, formatFile, makeFileMachine, mebibyte } from './fixtures/file-disks.ts';

async function run({ machine, context }: FileMachine, written: object) {
  const kind = makeCopy(machine);
  return await kind.run(parseConfig(kind.options, written, 'the step'), context);
}

/** A machine with an ext4 partition, whose files lie in `target`; files of the medium in `medium`. */
function prepare(t: Test): FileMachine & { target: string; medium: string } {
  const fake = makeFileMachine(t, [{ name: 'vda', sizeBytes: 16 * mebibyte, partitions: [[2048, 8192]] }]);
  formatFile(fake.device('vda1'));
  const target = join(fake.folder, 'volumes/vda1');
  mkdirSync(target);
  return { ...fake, target, medium: join(fake.folder, 'medium') };
}

function write(path: string, text: string, mode = 0o644) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

const to = (path: string) => ({ partition: 'only#1', path });

t.test('a folder with modes and links; what is there besides stays', async (t) => {
  const fake = prepare(t);
  write(join(fake.medium, 'app/bin/serve'), 'program', 0o755);
  write(join(fake.medium, 'app/etc/secret'), 'key', 0o600);
  symlinkSync('bin/serve', join(fake.medium, 'app/run'));
  chmodSync(join(fake.medium, 'app/etc'), 0o700);
  write(join(fake.target, 'opt/app/etc/own'), 'own');
  const facts = await run(fake, { from: { medium: 'app' }, to: to('/opt/app') });
  t.same(facts, { files: 3, changed: 3, sizeBytes: 10, leftOut: 0 });
  const app = join(fake.target, 'opt/app');
  t.equal(readFileSync(join(app, 'bin/serve'), 'utf8'), 'program');
  t.equal(statSync(join(app, 'bin/serve')).mode & 0o7777, 0o755);
  t.equal(statSync(join(app, 'etc/secret')).mode & 0o7777, 0o600);
  t.equal(statSync(join(app, 'bin')).mode & 0o7777, 0o755, 'of a folder that is new');
  t.equal(statSync(join(app, 'etc')).mode & 0o7777, 0o755, 'a folder that was there keeps its mode');
  t.equal(readlinkSync(join(app, 'run')), 'bin/serve');
  t.equal(readFileSync(join(app, 'etc/own'), 'utf8'), 'own');
  t.same(fake.context.programs, ['mount ext4 rw vda1', 'umount vda1']);
  const again = await run(fake, { from: { medium: 'app' }, to: to('/opt/app') });
  t.match(again, { files: 3, changed: 0, sizeBytes: 0 }, 'what is the same is not written again');
});

t.test('damaged files are replaced by good ones, and only these are written', async (t) => {
  const fake = prepare(t);
  for (const name of ['a', 'b', 'c']) {
    write(join(fake.medium, 'good', name), `good ${name}`);
    write(join(fake.target, 'lib', name), `good ${name}`);
  }
  write(join(fake.target, 'lib/b'), 'bad! b');
  const before = statSync(join(fake.target, 'lib/a')).ino;
  t.match(await run(fake, { from: { medium: 'good' }, to: to('lib') }), { files: 3, changed: 1 });
  t.equal(readFileSync(join(fake.target, 'lib/b'), 'utf8'), 'good b');
  t.equal(statSync(join(fake.target, 'lib/a')).ino, before);
});

t.test('a single file: to a name, into a folder that is there, and into a new one', async (t) => {
  const fake = prepare(t);
  write(join(fake.folder, 'script/hosts'), 'hosts');
  mkdirSync(join(fake.target, 'etc'));
  await run(fake, { from: 'hosts', to: to('/etc/hosts.new') });
  await run(fake, { from: 'hosts', to: to('/etc') });
  await run(fake, { from: 'hosts', to: to('/new/folder/hosts') });
  t.same(readdirSync(join(fake.target, 'etc')), ['hosts', 'hosts.new']);
  t.equal(readFileSync(join(fake.target, 'new/folder/hosts'), 'utf8'), 'hosts');
});

t.test('exact takes away what the source does not have', async (t) => {
  const fake = prepare(t);
  write(join(fake.medium, 'tree/kept/file'), 'new');
  write(join(fake.medium, 'tree/was-a-folder'), 'file');
  write(join(fake.target, 'kept/file'), 'old');
  write(join(fake.target, 'kept/other/deep'), 'x');
  write(join(fake.target, 'was-a-folder/file'), 'x');
  write(join(fake.target, 'gone'), 'x');
  mkdirSync(join(fake.target, 'lost+found'));
  const options = { from: { medium: 'tree' }, to: to('/') };
  await t.rejects(run(fake, options), { code: 'SCRIPT_FILE_IN_THE_WAY', message: /was-a-folder/ });
  t.equal(readFileSync(join(fake.target, 'kept/file'), 'utf8'), 'old', 'nothing was changed');
  t.match(await run(fake, { ...options, exact: true }), { files: 2, changed: 2, removed: 2 });
  t.same(readdirSync(fake.target), ['kept', 'lost+found', 'was-a-folder']);
  t.same(readdirSync(join(fake.target, 'kept')), ['file']);
});

t.test('links of the target never lead out of its file system', async (t) => {
  const fake = prepare(t);
  const outside = join(fake.folder, 'outside');
  mkdirSync(outside);
  write(join(fake.medium, 'tree/bin/tool'), 'tool');
  write(join(fake.medium, 'tree/dir/x'), 'x');
  mkdirSync(join(fake.target, 'usr/bin'), { recursive: true });
  symlinkSync('/usr/bin', join(fake.target, 'bin'));
  symlinkSync(outside, join(fake.target, 'out'));
  await run(fake, { from: { medium: 'tree/bin' }, to: to('/bin') });
  t.equal(
    readFileSync(join(fake.target, 'usr/bin/tool'), 'utf8'),
    'tool',
    'as the system there would find it',
  );
  await run(fake, { from: { medium: 'tree/dir' }, to: to('/out') });
  await run(fake, { from: { medium: 'tree/dir' }, to: to('/../../escaped') });
  t.same(readdirSync(outside), []);
  t.ok(existsSync(join(fake.target, 'escaped/x')));
  write(join(fake.medium, 'root/bin/second'), 'second');
  await run(fake, { from: { medium: 'root' }, to: to('/') });
  t.equal(readFileSync(join(fake.target, 'usr/bin/second'), 'utf8'), 'second');
  t.ok(lstatSync(join(fake.target, 'bin')).isSymbolicLink(), 'the link to a folder stays');
});

t.test('what is no file with content is left out, and said', async (t) => {
  const fake = prepare(t);
  write(join(fake.medium, 'tree/file'), 'x');
  execFileSync('mkfifo', [join(fake.medium, 'tree/pipe')]);
  t.match(await run(fake, { from: { medium: 'tree' }, to: to('/tree') }), { files: 1, leftOut: 1 });
  t.match(fake.context.lines.join(), /left out.*pipe/);
});

t.test('no room: nothing is written, and the partition is unmounted', async (t) => {
  const fake = prepare(t);
  const { bavail, bsize } = statfsSync(fake.folder);
  const huge = join(fake.medium, 'huge');
  writeFileSync(huge, '');
  truncateSync(huge, bavail * bsize + 1024 * mebibyte);
  await t.rejects(run(fake, { from: { medium: 'huge' }, to: to('/huge') }), {
    code: 'SCRIPT_SPACE_TOO_SMALL',
  });
  t.same(readdirSync(fake.target), []);
  t.equal(fake.context.programs.at(-1), 'umount vda1');
});

t.test('a source that is not there, and a partition without a file system', async (t) => {
  const fake = prepare(t);
  await t.rejects(run(fake, { from: 'gone', to: to('/') }), { code: 'SCRIPT_FILE_MISSING', message: /gone/ });
  writeFileSync(fake.device('vda1'), Buffer.alloc(8192));
  await t.rejects(run(fake, { from: 'gone', to: to('/') }), { code: 'SCRIPT_FILE_SYSTEM_UNKNOWN' });
});

t.test('from one folder of a partition to another: mounted once, to be written', async (t) => {
  const fake = prepare(t);
  write(join(fake.target, 'default/conf'), 'default');
  await run(fake, { from: to('/default'), to: to('/etc') });
  t.equal(readFileSync(join(fake.target, 'etc/conf'), 'utf8'), 'default');
  t.same(fake.context.programs, ['mount ext4 rw vda1', 'umount vda1']);
});

t.test('a copy that is given up leaves whole files only', async (t) => {
  const fake = prepare(t);
  write(join(fake.medium, 'tree/a'), 'a');
  const giveUp = new AbortController();
  const { mount } = fake.machine;
  fake.machine.mount = async (...words) => {
    giveUp.abort(new Error('given up'));
    return await mount(...words);
  };
  const context = { ...fake.context, signal: giveUp.signal };
  await t.rejects(run({ ...fake, context }, { from: { medium: 'tree' }, to: to('/tree') }), {
    message: 'given up',
  });
  t.same(readdirSync(fake.target), []);
  t.equal(fake.context.programs.at(-1), 'umount vda1');
});
