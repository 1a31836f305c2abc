import { randomBytes } from 'node:crypto';
import t from 'tap';
import { type DiskFaults, fakeDiskAccess } from '../fixtures/fake-disk-access.ts';
import type { DiskAccess } from './disk-access.ts';
import { testWriting } from './write-test.ts';

function disk(faults: DiskFaults = {}) {
  const content = randomBytes(4 * 1024 ** 2);
  return { content, before: Buffer.from(content), access: fakeDiskAccess(content, faults) };
}

/** A disk on which the write of this number, and all after it, fail. */
function failingFrom(access: DiskAccess, first: number): DiskAccess {
  let writes = 0;
  return {
    ...access,
    write: async (bytes, positionBytes) => {
      writes += 1;
      if (writes >= first) throw Object.assign(new Error('EIO'), { code: 'EIO' });
      await access.write(bytes, positionBytes);
    },
  };
}

t.test('what is written comes back, and what was there is put back', async (t) => {
  const { content, before, access } = disk();
  t.equal(await testWriting(access, 4096), undefined);
  t.same(access.writes, [4096, 4096]);
  t.ok(content.equals(before));
});

t.test('what cannot be saved is not written', async (t) => {
  const { access } = disk({ unreadable: [4100] });
  t.equal(await testWriting(access, 4096), 'cannot be read at sector 4096: EIO');
  t.same(access.writes, []);
});

t.test('a write that fails is a fault, and what was there is put back', async (t) => {
  const { content, before, access } = disk();
  t.match(
    await testWriting(failingFrom(access, 1), 4096),
    /^cannot be written at sector 4096: EIO; .*not be put back$/,
  );
  t.ok(content.equals(before));
});

t.test('what could not be put back is said', async (t) => {
  const { content, before, access } = disk();
  const fault = await testWriting(failingFrom(access, 2), 4096);
  t.equal(
    fault,
    'cannot be written at sector 4096: EIO, so that what lay at sectors 4096 and following could not be put back',
  );
  t.notOk(content.equals(before));
});
