import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { findDiskByPort, findOptionalDiskByPort } from './find-disk-by-port.ts';

/** A /sys that has these block devices: name and the path of the device below /sys/devices. */
function makeSys(t: Test, disks: Record<string, string>): string {
  const sys = t.testdir({ block: {}, devices: {} });
  for (const [name, path] of Object.entries(disks)) {
    mkdirSync(join(sys, 'devices', path), { recursive: true });
    symlinkSync(`../devices${path}`, join(sys, 'block', name));
  }
  return sys;
}

const system = '/pci0000:00/0000:00:10.0/virtio1/block/vda';
const data = '/pci0000:00/0000:00:11.0/virtio2/block/vdb';

t.test('the disk on the port is found, whatever its name', async (t) => {
  const sys = makeSys(t, { vda: system, vdb: data });
  t.equal(await findDiskByPort(['/0000:00:10.0/'], sys), '/dev/vda');
  t.equal(await findDiskByPort(['/0000:00:11.0/'], sys), '/dev/vdb');
  const swapped = makeSys(t, { vda: data.replace('vdb', 'vda'), vdb: system.replace('vda', 'vdb') });
  t.equal(await findDiskByPort(['/0000:00:10.0/'], swapped), '/dev/vdb');
});

t.test('one of several ports is enough, on SATA and NVMe, too', async (t) => {
  const sys = makeSys(t, {
    sda: '/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda',
    nvme0n1: '/pci0000:00/0000:00:11.0/nvme/nvme0/nvme0n1',
  });
  t.equal(await findDiskByPort(['/0000:00:10.0/', '/0000:00:1f.2/ata1/'], sys), '/dev/sda');
  t.equal(await findDiskByPort(['/0000:00:11.0/'], sys), '/dev/nvme0n1');
});

t.test('ata1 is not ata10', async (t) => {
  const sys = makeSys(t, { sda: '/pci0000:00/0000:00:1f.2/ata10/host0/block/sda' });
  await t.rejects(findDiskByPort(['/0000:00:1f.2/ata1/'], sys), { code: 'CORE_DISK_NOT_FOUND' });
});

t.test('no disk: named with what there is, or null where it may lack', async (t) => {
  const sys = makeSys(t, { vda: system });
  await t.rejects(findDiskByPort(['/0000:00:11.0/'], sys), {
    code: 'CORE_DISK_NOT_FOUND',
    message: /\/dev\/vda \(.*0000:00:10\.0/,
  });
  t.equal(await findOptionalDiskByPort(['/0000:00:11.0/'], sys), null);
  t.equal(await findOptionalDiskByPort(['/0000:00:10.0/'], sys), '/dev/vda');
});

t.test('a USB disk never answers', async (t) => {
  const sys = makeSys(t, { sda: '/pci0000:00/0000:00:11.0/usb2/2-1/2-1:1.0/host1/block/sda' });
  t.equal(await findOptionalDiskByPort(['/0000:00:11.0/'], sys), null);
  await t.rejects(findDiskByPort(['/0000:00:11.0/'], sys), {
    code: 'CORE_DISK_NOT_FOUND',
    message: /no disk at all/,
  });
});

t.test('two disks on one port are an error, never a guess', async (t) => {
  const target = '/pci0000:00/0000:00:11.0/virtio2/host0/target0:0:';
  const sys = makeSys(t, { sda: `${target}0/block/sda`, sdb: `${target}1/block/sdb` });
  await t.rejects(findDiskByPort(['/0000:00:11.0/'], sys), { code: 'CORE_DISK_AMBIGUOUS' });
  await t.rejects(findOptionalDiskByPort(['/0000:00:11.0/'], sys), { code: 'CORE_DISK_AMBIGUOUS' });
});
