import { readdirSync } from 'node:fs';
import t from 'tap';
import { fakeContext } from './fixtures/fake-context.ts';
import { makeMountVolume } from './mount-volume.ts';

const volume = { device: '/dev/vda1', fileSystem: 'ext4', readOnly: false } as const;

t.test('one to be written is repaired when it cannot be mounted, one to be read is left alone', async (t) => {
  const work = t.testdir({});
  const context = fakeContext();
  const always: string[] = [];
  const mount = makeMountVolume(async (name, words) => always.push(`${name} ${words.join(' ')}`));
  const mounted = await mount(volume, work, context);
  const where = mounted.folder;
  t.match(where, work);
  const words = `mount -t ext4 -o rw,noatime /dev/vda1 ${where}`;
  t.same(context.programs, [
    `sh -e -c ${words} || { /usr/sbin/e2fsck -p /dev/vda1 || [ $? -lt 4 ]; ${words}; }`,
  ]);
  await mounted.unmount();
  t.same(always, [`umount ${where}`]);
  t.same(readdirSync(work), []);
  const fat = await mount({ ...volume, fileSystem: 'vfat', readOnly: true }, work, context);
  t.equal(context.programs[1], `sh -e -c mount -t vfat -o ro,noatime,quiet /dev/vda1 ${fat.folder}`);
});

t.test('what cannot be mounted leaves no folder; it may have been mounted all the same', async (t) => {
  const work = t.testdir({});
  const always: string[] = [];
  const mount = makeMountVolume(async (name) => always.push(name));
  const context = fakeContext({
    runProgram: () => {
      throw new Error('not mounted');
    },
  });
  await t.rejects(mount(volume, work, context), { message: 'not mounted' });
  t.same(always, ['umount']);
  t.same(readdirSync(work), []);
});

t.test('unmounting is tried more than once', async (t) => {
  let attempts = 0;
  const mount = makeMountVolume(async () => {
    attempts += 1;
    if (attempts < 3) throw new Error('busy');
  });
  const mounted = await mount(volume, t.testdir({}), fakeContext());
  await mounted.unmount();
  t.equal(attempts, 3);
});
