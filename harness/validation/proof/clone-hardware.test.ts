import t from 'tap';
import { createMachine } from '../../../vm/index.ts';
import { diskProfileSchema } from '../profile/disk-profile.ts';
import { cloneHardware, cloneMachineSpec, type ProofProfile } from './clone-hardware.ts';

t.test('each clone has hardware of its own, the same for the same seed', (t) => {
  const all = Array.from({ length: 200 }, (_, index) => cloneHardware('seven', index));
  for (const key of ['mac', 'smbiosUuid', 'smbiosSerial', 'diskSerial'] as const) {
    t.equal(new Set(all.map((hardware) => hardware[key])).size, 200, key);
  }
  t.strictSame(cloneHardware('seven', 3), all[3]);
  t.not(cloneHardware('eight', 3).mac, all[3]!.mac);
  const first = Number.parseInt(all[3]!.mac.slice(0, 2), 16);
  t.equal(first & 0b11, 0b10, 'locally administered, of one station');
  t.match(all[3]!.smbiosUuid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  t.end();
});

t.test('the machine is what the profile says, and ports that signs need are forwarded', async (t) => {
  const folder = t.testdir({ 'data.img': '' });
  const profile = diskProfileSchema.parse({
    format: 'assay disk profile 1',
    machine: { controller: 'ahci', memory: '100MiB', cpus: 2, nic: 'e1000e', watchdog: 'i6300esb' },
    ready: [{ console: 'x' }, { tcp: 22 }, { http: { path: '/a' } }, { http: { path: '/b' } }],
  }) as ProofProfile;
  const hardware = cloneHardware('seven', 1);
  const disks = [
    { name: 'system', path: `${folder}/data.img`, writes: 'kept' as const },
    { name: 'data', path: `${folder}/data.img`, writes: 'kept' as const },
  ];
  const spec = cloneMachineSpec(profile, { name: 'clone-1', disks, hardware });
  t.match(spec, {
    ...{ name: 'clone-1', firmware: 'bios', memoryMiB: 100, cpus: 2, watchdog: 'i6300esb' },
    disks: [
      { name: 'system', controller: 'ahci', serial: hardware.diskSerial },
      { name: 'data', controller: 'ahci', serial: `${hardware.diskSerial}-1` },
    ],
    nics: [{ model: 'e1000e', mac: hardware.mac }],
    smbios: { uuid: hardware.smbiosUuid, serial: hardware.smbiosSerial },
  });
  t.strictSame(spec.nics?.[0]?.forwardTcpPorts, [22, 80], 'each once');
  const context = { workFolder: folder, runtimeFolder: folder, accelerator: 'tcg' as const };
  await using machine = await createMachine(spec, context);
  t.equal(machine.name, 'clone-1', 'such a machine can be made');
});
