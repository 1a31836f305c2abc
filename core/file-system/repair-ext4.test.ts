import { execFile } from 'node:child_process';
import { open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { ext4Repair } from './repair-ext4.ts';

const run = promisify(execFile);
const superblockBytes = 1024;
const sectorBytes = 512;

async function fileSystem(t: Test): Promise<string> {
  const folder = t.testdir({ files: { 'kept.txt': 'what the customer trusts it with' }, 'data.ext4': '' });
  const path = join(folder, 'data.ext4');
  await truncate(path, 32 * 1024 ** 2);
  await run('mke2fs', ['-q', '-t', 'ext4', '-d', join(folder, 'files'), path]);
  return path;
}

/** Half of a new superblock, whose checksum lies in its other half: what a cut between its two sectors leaves. */
async function tearSuperblock(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  const old = await file.read(Buffer.alloc(sectorBytes), 0, sectorBytes, superblockBytes + sectorBytes);
  await run('debugfs', ['-w', '-R', 'set_super_value mnt_count 5', path]);
  await file.write(old.buffer, 0, sectorBytes, superblockBytes + sectorBytes);
}

const repair = (path: string) => run('sh', ['-e', '-c', ext4Repair(path)]);

t.test('a torn superblock is put back from its copies, and the files are there', async (t) => {
  const path = await fileSystem(t);
  await tearSuperblock(path);
  await t.rejects(run('e2fsck', ['-p', path]), { code: 8 }, 'what every start does is not enough');
  await repair(path);
  await run('e2fsck', ['-f', '-n', path]);
  const { stdout } = await run('debugfs', ['-R', 'cat /kept.txt', path]);
  t.equal(stdout, 'what the customer trusts it with');
});

t.test('a sound one is left alone', async (t) => {
  await repair(await fileSystem(t));
});

t.test('what is no file system stays none', async (t) => {
  const path = join(t.testdir(), 'noise');
  await writeFile(path, Buffer.alloc(1024 ** 2, 'no file system'));
  await t.rejects(repair(path), { code: 1 });
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(14), 0, 14, 0);
  t.equal(buffer.toString(), 'no file system');
});
