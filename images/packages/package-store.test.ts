import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { runTool } from '../../foundation/index.ts';
import { Apt } from './apt.ts';
import type { PackageRecord } from './package-record.ts';
import { fileSha256, PackageStore } from './package-store.ts';

/** An archive with one package in it; `downloads` counts. */
class OnePackageArchive extends Apt {
  downloads = 0;
  readonly #path: string;

  constructor(path: string) {
    super('/nowhere');
    this.#path = path;
  }

  override async download(wanted: PackageRecord, folder: string): Promise<string> {
    this.downloads += 1;
    await copyFile(this.#path, join(folder, `${wanted.name}_1_all.deb`));
    return join(folder, `${wanted.name}_1_all.deb`);
  }
}

async function setUp(t: Test) {
  const control =
    'Package: tool\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nDepends: other (= 1)\nDescription: x\n';
  const folder = t.testdir({ tree: { usr: { bin: { tool: 'the tool' } }, DEBIAN: { control } }, cache: {} });
  const file = join(folder, 'tool.deb');
  await runTool('dpkg-deb', ['--root-owner-group', '-b', join(folder, 'tree'), file]);
  const archive = new OnePackageArchive(file);
  const sizeBytes = (await stat(file)).size;
  const record = {
    name: 'tool',
    version: '1',
    architecture: 'all',
    sha256: await fileSha256(file),
    sizeBytes,
  };
  return { cache: join(folder, 'cache'), archive, record };
}

const quiet = (): void => {};

t.test('a package is downloaded and unpacked once', async (t) => {
  const { cache, archive, record } = await setUp(t);
  t.notOk(await new PackageStore(cache, archive).has(record));
  const said: string[] = [];
  for (const store of [new PackageStore(cache, archive), new PackageStore(cache, archive)]) {
    const path = await store.unpacked(record, (message) => said.push(message));
    t.equal(await readFile(join(path, 'usr/bin/tool'), 'utf8'), 'the tool');
    t.ok(await store.has(record));
    t.equal(await store.depends(record, quiet), 'other (= 1)');
  }
  t.equal(archive.downloads, 1);
  t.same(said, ['downloading tool 1', 'unpacking tool 1']);
});

t.test('two builds at once both get it, and leave nothing half-done', async (t) => {
  const { cache, archive, record } = await setUp(t);
  const stores = [new PackageStore(cache, archive), new PackageStore(cache, archive)];
  const [one, other] = await Promise.all(stores.map((store) => store.unpacked(record, quiet)));
  t.equal(one, other);
  t.same(await readdir(join(cache, 'packages', 'unpacked')), [record.sha256]);
  t.same((await readdir(join(cache, 'packages'))).sort(), [`${record.sha256}.deb`, 'unpacked']);
});

t.test('a damaged package in the cache is set aside and fetched again', async (t) => {
  const { cache, archive, record } = await setUp(t);
  const place = join(cache, 'packages', `${record.sha256}.deb`);
  await mkdir(join(cache, 'packages'));
  await writeFile(place, 'rotten');
  const path = await new PackageStore(cache, archive).unpacked(record, quiet);
  t.equal(await readFile(join(path, 'usr/bin/tool'), 'utf8'), 'the tool');
  t.equal(await readFile(`${place}.damaged`, 'utf8'), 'rotten');
});

t.test('a download with another hash is refused', async (t) => {
  const { cache, archive, record } = await setUp(t);
  const wanted = { ...record, sha256: 'f'.repeat(64) };
  await t.rejects(new PackageStore(cache, archive).unpacked(wanted, quiet), {
    code: 'IMAGES_PACKAGE_DAMAGED',
    message: new RegExp(record.sha256),
  });
  t.same(await readdir(join(cache, 'packages')), [], 'nothing of it is kept');
});
