import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { cachedImage, type ImageManifest } from './image-cache.ts';

const manifest: ImageManifest = {
  name: 'small',
  kernelArguments: [],
  packages: [],
  components: [],
  rootTree: [{ kind: 'file', path: '/a', mode: 0o644, uid: 0, gid: 0, sourcePath: 'root/a', sizeBytes: 1 }],
};

async function fill(path: string): Promise<ImageManifest> {
  await writeFile(join(path, 'kernel'), 'kernel');
  return manifest;
}

t.test('an image is made once and then taken from the cache', async (t) => {
  const path = join(t.testdir({}), 'images');
  const made = await cachedImage(path, 'abc', fill);
  const again = await cachedImage(path, 'abc', () => Promise.reject(new Error('made twice')));
  t.same(made, again);
  t.equal(await readFile(again.kernelPath, 'utf8'), 'kernel');
  t.match(again.rootTree[0], { sourcePath: join(path, 'abc', 'root/a') });
});

t.test('two builds at once give the same image and leave nothing else', async (t) => {
  const path = t.testdir({});
  const meeting = Promise.withResolvers<void>();
  let makers = 0;
  const make = async (folder: string): Promise<ImageManifest> => {
    makers += 1;
    if (makers === 2) meeting.resolve();
    await meeting.promise;
    return fill(folder);
  };
  const [one, other] = await Promise.all([cachedImage(path, 'abc', make), cachedImage(path, 'abc', make)]);
  t.equal(makers, 2, 'both were making it');
  t.same(one, other);
  t.same(await readdir(path), ['abc']);
});

t.test('a build that fails leaves nothing', async (t) => {
  const path = t.testdir({});
  const make = async (folder: string): Promise<ImageManifest> => {
    await fill(folder);
    throw new Error('in the middle');
  };
  await t.rejects(cachedImage(path, 'abc', make), { message: 'in the middle' });
  t.same(await readdir(path), []);
});
