import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { dataExtents, type Extent } from './data-extents.ts';
import { ReadOnlyFile } from './read-only-file.ts';

const mebibyte = 1024 ** 2;

async function extentsOf(extents: AsyncIterable<Extent>): Promise<Extent[]> {
  const all: Extent[] = [];
  for await (const extent of extents) all.push(extent);
  return all;
}

t.test('where a file has data, one by one, whatever its name', async (t) => {
  const path = join(t.testdir(), 'a,b:c disk');
  {
    await using file = await open(path, 'w');
    await file.truncate(1024 * mebibyte);
    for (let place = 1; place <= 300; place += 1) await file.write('data', place * mebibyte);
    await file.sync();
  }
  const extents = await extentsOf(dataExtents(path));
  t.same(
    extents.map(({ start }) => start),
    Array.from({ length: 300 }, (_, index) => (index + 1) * mebibyte),
  );
  t.ok(extents.every(({ length }) => length > 0 && length <= 65_536));
  await using file = await ReadOnlyFile.open(path);
  t.same(await extentsOf(file.dataExtents()), extents);
});

t.test('files without holes, without data, without bytes', async (t) => {
  const folder = t.testdir();
  const path = (name: string) => join(folder, name);
  await writeFile(path('dense'), Buffer.alloc(3 * mebibyte, 1));
  t.same(await extentsOf(dataExtents(path('dense'))), [{ start: 0, length: 3 * mebibyte }]);
  {
    await using file = await open(path('hole'), 'w');
    await file.truncate(2 ** 40);
  }
  t.same(await extentsOf(dataExtents(path('hole'))), []);
  await writeFile(path('empty'), '');
  t.same(await extentsOf(dataExtents(path('empty'))), []);
});

t.test('who wants no more ends it', async (t) => {
  const path = join(t.testdir(), 'disk');
  await writeFile(path, 'data');
  for await (const { start } of dataExtents(path)) {
    t.equal(start, 0);
    break;
  }
  await t.rejects(extentsOf(dataExtents(`${path}.gone`)), { code: 'FOUNDATION_TOOL_FAILED' });
});
