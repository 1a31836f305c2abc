import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { copySparse } from './copy-sparse.ts';

t.test('a copy has the bytes, and its zeros are holes', async (t) => {
  const folder = t.testdir({ image: Buffer.alloc(4 * 1024 ** 2) });
  const image = join(folder, 'image');
  {
    await using file = await open(image, 'r+');
    await file.write('content', 1024 ** 2);
  }
  const copy = join(folder, 'copy');
  await copySparse(image, copy);
  t.ok((await readFile(image)).equals(await readFile(copy)));
  t.ok((await stat(copy)).blocks * 512 < 1024 ** 2, 'far below its size');
});

t.test('an abort ends it', async (t) => {
  const folder = t.testdir({ image: 'content' });
  const signal = AbortSignal.abort();
  await t.rejects(copySparse(join(folder, 'image'), join(folder, 'copy'), signal));
});
