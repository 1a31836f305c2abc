import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { archiveTree } from './archive-tree.ts';
import { archivePath, imagePath, sealBackup, verifyBackup } from './backup-area.ts';
import { restorePartition, savePartition } from './partition-image.ts';

const mebibyte = 1024 * 1024;

t.test('a partition comes back exactly, zeros over what lay there included', async (t) => {
  const { device, content, image, path } = await savedPartition(t);
  t.equal(image.chunks.length, 4);
  t.equal(image.chunks[1], 'zero');
  writeFileSync(device, Buffer.alloc(content.length, 0xa5));
  const shares: number[] = [];
  t.equal(await restorePartition(path, image, device, (share) => shares.push(share)), 4);
  t.same(readFileSync(device), content);
  t.equal(shares.at(-1), 1);
  const bytes = readFileSync(device);
  bytes[2 * mebibyte + 5]! ^= 1;
  writeFileSync(device, bytes);
  t.equal(await restorePartition(path, image, device), 1, 'only what differs is written');
  t.same(readFileSync(device), content);
});

t.test('a damaged image is refused before its chunk is written', async (t) => {
  const { device, image, path } = await savedPartition(t);
  const bytes = readFileSync(path);
  bytes[3 * mebibyte + 3]! ^= 0x10;
  writeFileSync(path, bytes);
  writeFileSync(device, Buffer.alloc(3.5 * mebibyte, 0xa5));
  await t.rejects(restorePartition(path, image, device), { code: 'CORE_BACKUP_DAMAGED' });
  t.ok(
    readFileSync(device)
      .subarray(3 * mebibyte)
      .every((byte) => byte === 0xa5),
  );
});

t.test('a sealed backup verifies, and any change to it does not', async (t) => {
  const backup = t.testdir({ tree: { file: 'default' } });
  const { image, path } = await savedPartition(t, backup);
  const images = { 'primary-system': image, 'primary-root': image };
  for (const name of ['primary-system', 'primary-root'] as const) {
    writeFileSync(imagePath(backup, name), readFileSync(path));
  }
  for (const name of ['data', 'data2'] as const)
    await archiveTree(join(backup, 'tree'), archivePath(backup, name));
  const hash = await sealBackup(backup, images);
  t.same((await verifyBackup(backup, hash)).images, images);
  await t.rejects(verifyBackup(backup, '0'.repeat(64)), { code: 'CORE_BACKUP_DAMAGED' }, 'another manifest');
  const files = [
    'backup.json',
    'primary-root.image',
    'primary-system.image',
    'data/manifest.json',
    'data2/manifest.json',
  ];
  for (const file of files) {
    const good = readFileSync(join(backup, file));
    const bad = Buffer.from(good);
    bad[Math.floor(bad.length / 3)]! ^= 1;
    writeFileSync(join(backup, file), bad);
    await t.rejects(verifyBackup(backup, hash), { code: /CORE_(BACKUP|ARCHIVE)_DAMAGED/ }, file);
    writeFileSync(join(backup, file), good);
  }
  await verifyBackup(backup, hash);
});

/** Three and a half chunks: bytes, zeros, bytes, and half a chunk of bytes. */
async function savedPartition(t: Test, root = t.testdir({})) {
  mkdirSync(root, { recursive: true });
  const device = join(root, 'device');
  const content = Buffer.alloc(3.5 * mebibyte);
  for (const start of [0, 2, 3]) {
    for (let index = 0; index < mebibyte / 2; index += 1)
      content[start * mebibyte + index] = (index * 31 + start) % 256;
  }
  writeFileSync(device, content);
  const path = join(root, 'saved.image');
  const image = await savePartition(device, content.length, path);
  return { device, content, image, path };
}
