import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import type { FileTreeEntry } from '../../core/factory/file-tree.ts';
import { runTool } from '../../foundation/index.ts';
import type { BuiltImage } from '../build/build-image.ts';
import { rootSquashfs } from './root-squashfs.ts';

const base = { uid: 0, gid: 0 };

async function smallImage(folder: string): Promise<BuiltImage> {
  const path = join(folder, 'image');
  const sourcePath = join(path, 'root/usr/bin/a tool');
  await mkdir(join(path, 'root/usr/bin'), { recursive: true });
  await writeFile(sourcePath, '#!/bin/sh\n');
  // What lies in the cache has the modes of whoever built it; the tree's are those that count.
  await chmod(sourcePath, 0o600);
  const rootTree: FileTreeEntry[] = [
    { ...base, kind: 'directory', path: '/dev', mode: 0o755 },
    {
      ...base,
      kind: 'device',
      path: '/dev/console',
      mode: 0o600,
      deviceType: 'character',
      major: 5,
      minor: 1,
    },
    { ...base, kind: 'file', path: '/dev/made here', mode: 0o640, content: Buffer.from('made\n') },
    { ...base, kind: 'directory', path: '/tmp', mode: 0o1777 },
    { ...base, kind: 'directory', path: '/usr', mode: 0o755 },
    { ...base, kind: 'directory', path: '/usr/bin', mode: 0o755 },
    { ...base, kind: 'file', path: '/usr/bin/a tool', mode: 0o755, sourcePath, sizeBytes: 10 },
    { ...base, kind: 'symlink', path: '/usr/bin/sh', mode: 0o777, target: 'a tool' },
  ];
  return { path, rootTree, name: 'small', inputsHash: 'of the test' } as unknown as BuiltImage;
}

t.test('modes, devices and links are those of the tree, and two of them are the same bytes', async (t) => {
  const folder = t.testdir();
  const image = await smallImage(folder);
  const said: string[] = [];
  const [one, other] = await Promise.all(
    ['one', 'other'].map((name) => rootSquashfs(image, join(folder, name), (line) => said.push(line))),
  );
  t.same(await readFile(one!), await readFile(other!));
  const { stdout } = await runTool('unsquashfs', ['-lln', one!]);
  const lines = stdout.split('\n').map((line) => line.replace(/\s+/g, ' ').replace('squashfs-root', ''));
  for (const expected of [
    'crw------- 0/0 5, 1 1970-01-01 00:00 /dev/console',
    '-rw-r----- 0/0 5 1970-01-01 00:00 /dev/made here',
    'drwxrwxrwt 0/0 3 1970-01-01 00:00 /tmp',
    '-rwxr-xr-x 0/0 10 1970-01-01 00:00 /usr/bin/a tool',
    'lrwxrwxrwx 0/0 6 1970-01-01 00:00 /usr/bin/sh -> a tool',
  ]) {
    t.ok(lines.includes(expected), `${expected}\n${stdout}`);
  }

  const { stdout: content } = await runTool('unsquashfs', ['-cat', one!, 'dev/made here']);
  t.equal(content, 'made\n');

  said.length = 0;
  t.equal(await rootSquashfs(image, join(folder, 'one'), (line) => said.push(line)), one, 'from the cache');
  t.same(said, []);
});

t.test('the bytes do not depend on the time that the environment names', async (t) => {
  const folder = t.testdir();
  const image = await smallImage(folder);
  const plain = await rootSquashfs(image, join(folder, 'plain'), () => {});
  const before = process.env.SOURCE_DATE_EPOCH;
  t.teardown(() => {
    if (before === undefined) delete process.env.SOURCE_DATE_EPOCH;
    else process.env.SOURCE_DATE_EPOCH = before;
  });
  process.env.SOURCE_DATE_EPOCH = '1000000000';
  const named = await rootSquashfs(image, join(folder, 'named'), () => {});
  t.ok((await readFile(named)).equals(await readFile(plain)));
});
