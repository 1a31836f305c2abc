import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { RunProgram } from '../../script/run-program.ts';
import { fakeRunning } from './fixtures/running-machine.ts';
import { mountData } from './mount-data.ts';

/** A machine in whose data port a disk hangs. */
function machine(t: Test, { hasDisk = true } = {}) {
  const { system } = fakeRunning(t.testdir({}));
  const { sysFolder } = system.places;
  mkdirSync(join(sysFolder, 'block'), { recursive: true });
  if (hasDisk) {
    mkdirSync(join(sysFolder, 'devices/0000:00:11.0/virtio1/block/vdq'), { recursive: true });
    symlinkSync('../devices/0000:00:11.0/virtio1/block/vdq', join(sysFolder, 'block/vdq'));
  }
  const ran: string[] = [];
  const runWith =
    (refuse?: RegExp): RunProgram =>
    async (name, words) => {
      ran.push([name, ...words].join(' '));
      if (refuse?.test(ran.at(-1)!)) throw new Error('exit code 32: bad superblock');
      return '';
    };
  return { system, ran, runWith };
}

t.test('checked, then mounted', async (t) => {
  const { system, ran, runWith } = machine(t);
  t.same(await mountData(system, runWith(), 0), { data: 'mounted' });
  t.match(ran, [
    /e2fsck -p \/dev\/vdq1 /,
    `mount -t ext4 -o rw,noatime /dev/vdq1 ${system.places.dataFolder}`,
  ]);
});

t.test('what cannot be checked or mounted is reported', async (t) => {
  for (const refuse of [/e2fsck/, /^mount/]) {
    const { system, runWith } = machine(t);
    t.same(await mountData(system, runWith(refuse), 0), { data: 'exit code 32: bad superblock' });
  }
});

t.test('a disk that is missing is reported', async (t) => {
  const { system, ran, runWith } = machine(t, { hasDisk: false });
  t.same(await mountData(system, runWith(), 0), { data: 'there is no disk data on /0000:00:11.0/' });
  t.same(ran, []);
});
