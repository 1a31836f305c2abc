import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { keepSource, sourceText } from './loaded-sources.ts';

t.test('a source is read from its file, unless it was kept as it was loaded', async (t) => {
  const path = join(t.testdir({ 'a.ts': 'now' }), 'a.ts');
  t.equal(sourceText(path), 'now');
  keepSource(`file://${path}?again`, 'as loaded');
  t.equal(sourceText(path), 'as loaded');
  t.equal(sourceText(`${path}.none`), undefined);
});

t.test('a disk that a proof is about is no source, nor is a device', async (t) => {
  const path = join(t.testdir(), 'master.img');
  await writeFile(path, '');
  await truncate(path, 32 * 1024 ** 2);
  t.ok(sourceText(path) === undefined);
  t.ok(sourceText('/dev/null') === undefined);
});
