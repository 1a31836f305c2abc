import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { fakeCard, makeMachine, together } from '../fixtures/fake-machine.ts';
import { loadCardDrivers } from './load-card-drivers.ts';

t.test('drivers are found by what devices say they are, behind a bus that a driver opens, too', async (t) => {
  const served = fakeCard('0000:00:03.0', { name: 'eth0', driver: 'e1000' });
  const { sysFolder } = makeMachine(t.testdir({}), together(served, fakeCard('0000:00:04.0', {})));
  const device = join(sysFolder, 'bus/pci/devices/0000:00:04.0');
  const loaded: string[] = [];
  await loadCardDrivers(sysFolder, async (_, [alias = '']) => {
    loaded.push(alias);
    if (loaded.length > 1) throw new Error('no such module');
    // The driver of the virtio bus is loaded, and shows what is behind it.
    mkdirSync(join(device, 'virtio2'));
    mkdirSync(join(sysFolder, 'virtio-pci'));
    symlinkSync(join(sysFolder, 'virtio-pci'), join(device, 'driver'));
    writeFileSync(join(device, 'virtio2/modalias'), 'virtio:d00000001v00001AF4\n');
    return '';
  });
  const pci = 'pci:v00008086d0000100E0000:00:04.0';
  t.same(loaded, [pci, pci, 'virtio:d00000001v00001AF4']);
});
