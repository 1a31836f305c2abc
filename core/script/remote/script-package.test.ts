import { chmod, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { fixtureKinds } from '../fixtures/kinds.ts';
import { readScript } from '../read-script.ts';
import { packageBytes, packScript } from './pack-script.ts';
import { receivePackage } from './receive-package.ts';
import { packageLimitBytes } from './script-package.ts';

const script = 'name: repair\nsteps:\n  - { name: rest, do: call, with: { script: sub/rest.yaml } }\n';
const rest = 'name: rest\nsteps:\n  - { name: say, do: say, with: { text: hello } }\n';

async function packed(t: Test, wanted: readonly string[] = []) {
  const folder = t.testdir({
    medium: {
      'repair.yaml': script,
      sub: { 'rest.yaml': rest },
      good: { etc: { hosts: 'localhost\n', empty: '' }, 'run.sh': '#!/bin/sh\n' },
      'other.txt': 'not asked for',
    },
    'outside.txt': 'not of the script',
    received: {},
  });
  const medium = join(folder, 'medium');
  await chmod(join(medium, 'good/run.sh'), 0o755);
  await symlink('etc/hosts', join(medium, 'good/link'));
  const loaded = await readScript(join(medium, 'repair.yaml'), fixtureKinds);
  const pack = () =>
    packScript(
      loaded,
      wanted.map((path) => join(medium, path)),
    );
  return { folder, medium, received: join(folder, 'received'), pack };
}

/** Bytes as they come over a network: not as they were sent. */
async function* inPieces(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function collect(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces);
}

t.test('a script arrives with those that it calls and with its files', async (t) => {
  for (const length of [1, 7, 1000]) {
    const { received, pack } = await packed(t, ['good']);
    const bytes = await collect(packageBytes(await pack()));
    const path = await receivePackage(inPieces(bytes, length), received);
    t.equal(path, join(received, 'repair.yaml'));
    t.equal(await readFile(path, 'utf8'), script);
    t.equal(await readFile(join(received, 'sub/rest.yaml'), 'utf8'), rest);
    t.equal(await readFile(join(received, 'good/etc/hosts'), 'utf8'), 'localhost\n');
    t.equal(await readFile(join(received, 'good/link'), 'utf8'), 'localhost\n', 'links are followed');
    t.same((await readdir(received)).sort(), ['good', 'repair.yaml', 'sub'], 'and nothing else');
    const modes = await Promise.all(
      ['run.sh', 'etc/empty'].map((name) => stat(join(received, 'good', name))),
    );
    t.same(
      modes.map(({ mode, size }) => [mode & 0o111, size]),
      [
        [0o111, 10],
        [0, 0],
      ],
    );
  }
});

t.test('what lies outside of the folder of the script is not sent', async (t) => {
  const { pack } = await packed(t, ['../outside.txt']);
  await t.rejects(pack(), { code: 'SCRIPT_PACKAGE_REFUSED', message: /outside\.txt does not lie in/ });
  // Of all that lies there nothing is even listed.
  const above = await packed(t, ['..']);
  await t.rejects(above.pack(), {
    code: 'SCRIPT_PACKAGE_REFUSED',
    message: new RegExp(`${above.folder} does not`),
  });
  const missing = await packed(t, ['gone']);
  await t.rejects(missing.pack(), { code: 'SCRIPT_PACKAGE_REFUSED', message: /gone/ });
});

t.test('a file that has changed meanwhile ends it', async (t) => {
  const { medium, pack } = await packed(t, ['good/etc/hosts']);
  const done = await pack();
  await writeFile(join(medium, 'good/etc/hosts'), 'short');
  await t.rejects(collect(packageBytes(done)), { code: 'SCRIPT_PACKAGE_REFUSED' });
  await rm(join(medium, 'good/etc/hosts'));
  await t.rejects(collect(packageBytes(done)), { code: 'SCRIPT_PACKAGE_REFUSED', message: /ENOENT/ });
});

t.test('what is too large is neither sent nor taken', async (t) => {
  const { medium, pack, received } = await packed(t, ['good']);
  await truncate(join(medium, 'good/etc/empty'), packageLimitBytes);
  await t.rejects(pack(), { code: 'SCRIPT_PACKAGE_REFUSED', message: /256 MiB/ });
  const files = [{ path: 'a.yaml', sizeBytes: packageLimitBytes + 1, isExecutable: false }];
  await refused(t, received, { script: 'a.yaml', files }, '', /256 MiB/);
  t.same(await readdir(received), []);
});

t.test('paths that leave the folder are refused before anything is written', async (t) => {
  const { received } = await packed(t);
  for (const path of ['../a', 'b/../../a', '/etc/passwd', '..', '.', '', 'a/', 'a//b', './a', 'a\0b']) {
    const files = ['a.yaml', path].map((one) => ({ path: one, sizeBytes: 0, isExecutable: false }));
    await refused(t, received, { script: 'a.yaml', files }, '', /leads nowhere but into/);
  }
  t.same(await readdir(received), []);
});

t.test('what is no package is refused', async (t) => {
  const { received } = await packed(t);
  const file = (path: string, sizeBytes = 0) => ({ path, sizeBytes, isExecutable: false });
  const good = { script: 'a.yaml', files: [file('a.yaml', 3)] };
  await refused(t, received, { ...good, script: 'b.yaml' }, 'abc', /not among the files/);
  await refused(t, received, { ...good, files: [file('a.yaml'), file('a.yaml')] }, '', /more than once/);
  await refused(t, received, { ...good, more: 1 }, 'abc', /more/);
  await refused(t, received, { script: 'x', files: [file('x'), file('x/y')] }, '', /EEXIST|ENOTDIR/);
  await refused(t, received, good, 'ab', /an end 1 bytes before that of a\.yaml/);
  await refused(
    t,
    received,
    { script: 'c.yaml', files: [file('b', 3), file('c.yaml')] },
    'abcd',
    /more than the files/,
  );
  for (const text of ['', 'hello', 'hello\n', '{}\n', `${' '.repeat(5 * 1024 ** 2)}\n`]) {
    await t.rejects(receivePackage(inPieces(Buffer.from(text), 1000), received), {
      code: 'SCRIPT_PACKAGE_REFUSED',
    });
  }
});

async function refused(t: Test, folder: string, manifest: object, content: string, message: RegExp) {
  const text = `${JSON.stringify({ format: 'assay package 1', ...manifest })}\n${content}`;
  const receiving = receivePackage(inPieces(Buffer.from(text), 100), folder);
  await t.rejects(receiving, { code: 'SCRIPT_PACKAGE_REFUSED', message });
}
