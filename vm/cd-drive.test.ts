import { readdir, readlink } from 'node:fs/promises';
import t from 'tap';
import { benchMachine } from './fixtures/bench-machine.ts';
import { makeBootCd, makeBootDisk } from './fixtures/boot-media.ts';
import type { MachineSpec, RunningMachine } from './index.ts';

async function machineWith(t: { teardown: (end: () => unknown) => void }, spec: Partial<MachineSpec>) {
  const { machine, remove } = await benchMachine({ directBoot: undefined, ...spec });
  t.teardown(async () => {
    await machine[Symbol.asyncDispose]();
    await remove();
  });
  return machine;
}

async function booted(running: RunningMachine): Promise<string> {
  return (await running.console.expect(/BOOTED (\S+)\n/)).groups[0]!;
}

async function bootedByReset(running: RunningMachine): Promise<string> {
  await running.reset();
  return await booted(running);
}

t.test('a CD before virtio disks is changed and taken out, switched on and off', async (t) => {
  const folder = t.testdir();
  const cdPath = await makeBootCd(folder, 'first-cd');
  const otherPath = await makeBootCd(folder, 'other,cd');
  const disks = [{ name: 'disk0', path: await makeBootDisk(folder, 'disk0') }];
  const machine = await machineWith(t, { disks, cdPath, bootOrder: ['cd', 'disk0'] });
  const running = await machine.powerOn();
  t.equal(await booted(running), 'first-cd');

  await machine.ejectCd();
  await machine.ejectCd();
  t.equal(await isOpenedBy(running.pid, cdPath), false, 'QEMU has let go of the image');
  t.equal(await bootedByReset(running), 'disk0', 'an empty drive is passed over');

  await machine.insertCd(otherPath);
  t.equal(await bootedByReset(running), 'other,cd');
  await machine.insertCd(cdPath);
  t.equal(await bootedByReset(running), 'first-cd', 'in place of the one that was there');

  await running.qmp.execute('blockdev-open-tray', { id: 'cd', force: true });
  t.equal(await bootedByReset(running), 'first-cd', 'a tray that a guest has opened closes at a restart');

  await machine.insertCd(otherPath);
  await running.cut();
  const again = await machine.powerOn();
  t.equal(await booted(again), 'other,cd', 'it stays over power cycles');
  await again.cut();
  await machine.ejectCd();
  const without = await machine.powerOn();
  t.equal(await booted(without), 'disk0', 'taken out while it was off');
  await without.cut();
  await machine.insertCd(cdPath);
  t.equal(await booted(await machine.powerOn()), 'first-cd', 'put in while it was off');
});

t.test('the drive is at SATA port 5, and a disk cannot be', async (t) => {
  const folder = t.testdir();
  const cdPath = await makeBootCd(folder, 'cd');
  const path = await makeBootDisk(folder, 'disk');
  const sata = (name: string, port: number) => ({ name, path, controller: 'ahci' as const, port });
  for (const disks of [[], [sata('system', 0), sata('data', 3)]]) {
    const machine = await machineWith(t, { disks, cdPath, bootOrder: disks.map(({ name }) => name) });
    const running = await machine.powerOn();
    const drive = await running.qmp.execute<string>('qom-get', {
      path: '/machine/peripheral/cd',
      property: 'parent_bus',
    });
    t.match(drive, /ide\.5$/, `with ${disks.length} disks on the same controller`);
    t.equal(
      await booted(running),
      disks.length === 0 ? 'cd' : 'disk',
      'the drive may be left out of the order',
    );
  }
  const machine = await machineWith(t, { disks: [sata('system', 5)], cdPath });
  await t.rejects(machine.powerOn(), { code: 'VM_SPEC_INVALID', message: /system.*port 5/ });
});

t.test('what cannot be put in is refused', async (t) => {
  const folder = t.testdir();
  const without = await machineWith(t, {
    disks: [{ name: 'disk', path: await makeBootDisk(folder, 'disk') }],
  });
  await t.rejects(without.insertCd('/cd.iso'), { code: 'VM_SPEC_INVALID', message: /cdPath/ });
  await t.rejects(without.ejectCd(), { code: 'VM_SPEC_INVALID', message: /cdPath/ });
  const machine = await machineWith(t, { cdPath: await makeBootCd(folder, 'cd') });
  const running = await machine.powerOn();
  t.equal(await booted(running), 'cd');
  await t.rejects(machine.insertCd('/nonexistent.iso'), { code: 'VM_QMP_FAILED', message: /nonexistent/ });
  t.equal(await bootedByReset(running), 'cd', 'what was there is there still');
});

async function isOpenedBy(pid: number, path: string): Promise<boolean> {
  const descriptors = await readdir(`/proc/${pid}/fd`);
  const targets = descriptors.map((descriptor) => readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => ''));
  return (await Promise.all(targets)).includes(path);
}
