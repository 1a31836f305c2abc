import t from 'tap';
import { benchMachine } from './fixtures/bench-machine.ts';
import { makeBootCd, makeBootDisk } from './fixtures/boot-media.ts';
import type { MachineSpec } from './index.ts';

async function whatBoots(t: { teardown: (end: () => unknown) => void }, spec: Partial<MachineSpec>) {
  const { machine, remove } = await benchMachine({ directBoot: undefined, ...spec });
  t.teardown(remove);
  await using _machine = machine;
  const running = await machine.powerOn();
  return (await running.console.expect(/BOOTED (\S+)\n/)).groups[0];
}

for (const controller of ['virtio', 'ahci', 'nvme', 'scsi', 'usb'] as const) {
  t.test(`a machine starts from a disk on ${controller}`, async (t) => {
    const path = await makeBootDisk(t.testdir(), controller);
    t.equal(await whatBoots(t, { disks: [{ name: 'disk', path, controller, port: 1 }] }), controller);
  });
}

t.test('the boot order decides, not the order of the disks', async (t) => {
  const folder = t.testdir();
  const names = ['first', 'second', 'third'];
  const disks = await Promise.all(
    names.map(async (name) => ({ name, path: await makeBootDisk(folder, name) })),
  );
  t.equal(await whatBoots(t, { disks }), 'first', 'without one, the first disk');
  t.equal(await whatBoots(t, { disks, bootOrder: ['third', 'first'] }), 'third');
});

t.test('a machine starts from a CD when the boot order says so', async (t) => {
  const folder = t.testdir();
  const cdPath = await makeBootCd(folder, 'cd');
  const disks = [{ name: 'disk', path: await makeBootDisk(folder, 'disk') }];
  t.equal(await whatBoots(t, { disks, cdPath, bootOrder: ['cd', 'disk'] }), 'cd');
  t.equal(await whatBoots(t, { disks, cdPath, bootOrder: ['disk', 'cd'] }), 'disk');
});
