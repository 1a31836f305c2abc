import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { syncFolder, writeFileDurably } from './durable-file.ts';

t.test('a file is written whole, its folders are made, its mode is kept', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'a/b/file.txt');
  await writeFileDurably(path, 'new', 0o600);
  t.equal(await readFile(path, 'utf8'), 'new');
  t.equal((await stat(path)).mode & 0o777, 0o600);
  await writeFileDurably(path, Uint8Array.of(1, 2));
  t.same([...(await readFile(path))], [1, 2]);
  t.same(await readdir(join(folder, 'a/b')), ['file.txt'], 'no temporary file is left');
});

t.test('when it cannot be put in place the old one stays, and nothing else', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'in-the-way');
  await mkdir(path);
  await writeFile(join(path, 'inside'), '');
  await t.rejects(writeFileDurably(path, 'new'), { code: /EISDIR|ENOTEMPTY|EEXIST/ });
  t.same(await readdir(folder), ['in-the-way']);
});

t.test('nobody sees a file that is half written', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'file');
  const contents = ['a', 'b'].map((letter) => letter.repeat(1 << 20));
  await writeFileDurably(path, contents[0]!);
  const writing = (async () => {
    for (let turn = 0; turn < 20; turn += 1) await writeFileDurably(path, contents[turn % 2]!);
  })();
  let seen = 0;
  const isDone = writing.then(() => true);
  while (!(await Promise.race([isDone, Promise.resolve(false)]))) {
    const content = await readFile(path, 'utf8');
    if (!contents.includes(content)) t.fail('half of one');
    seen += 1;
  }
  t.ok(seen > 0);
});

t.test('folders', async (t) => {
  const folder = t.testdir();
  await syncFolder(folder);
  await t.rejects(syncFolder(join(folder, 'none')), { code: 'ENOENT' });
});
