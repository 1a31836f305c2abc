import { closeSync, openSync, readdirSync, readSync, statfsSync, writeSync } from 'node:fs';
import t from 'tap';
import { MemoryFile } from './memory-file.ts';

const size = 1024 * 1024;

t.test('it has no name, and can be opened until it is closed', async (t) => {
  const folder = t.testdir();
  const file = await MemoryFile.create('alpha', size, [folder]);
  t.same(readdirSync(folder), []);
  t.same(
    readdirSync('/dev/shm').filter((name) => name.includes(`assay-memory-${process.pid}-`)),
    [],
  );
  const descriptor = openSync(file.path, 'r+');
  t.equal(file.unclaimedBytes, size);
  writeSync(descriptor, 'used', size - 4);
  const bytes = Buffer.alloc(4);
  readSync(descriptor, bytes, 0, 4, size - 4);
  t.equal(bytes.toString(), 'used');
  t.equal(file.unclaimedBytes, size - 4096, 'a page of it is taken');
  closeSync(descriptor);
  const { path } = file;
  file.close();
  file.close();
  t.throws(() => openSync(path, 'r'), { code: 'ENOENT' });
});

t.test('what others may still take is not free', async (t) => {
  const { bavail, bsize } = statfsSync('/dev/shm');
  const most = Math.floor((bavail * bsize * 0.75) / 4096) * 4096;
  const first = await MemoryFile.create('alpha', most, []);
  await t.rejects(MemoryFile.create('beta', most, []), {
    code: 'VM_CHECKPOINT_NO_ROOM',
    blame: 'host',
    message: /\/dev\/shm/,
  });
  first.close();
  const second = await MemoryFile.create('beta', most, []);
  second.close();
});

t.test('where there is no room is said for each place', async (t) => {
  await t.rejects(MemoryFile.create('alpha', 2 ** 60, ['/nowhere']), {
    code: 'VM_CHECKPOINT_NO_ROOM',
    message: /\/dev\/shm: .*\/nowhere: .*ENOENT/,
  });
});
