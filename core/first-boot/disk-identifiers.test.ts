import { openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { runTool } from '../../foundation/index.ts';
import { Machine } from '../appliance/machine.ts';
import type { ResolvedLayout } from '../layout/resolve-layout.ts';
import { diskSignatureOf, renewDiskIdentifiers } from './disk-identifiers.ts';

const systemId = '7d1f6a7e-0c3b-8a59-9d0e-2f5b8c6a1e44';

t.test('every identifier is renewed once, and sound file systems stay sound', async (t) => {
  const machine = await machineOn(t);
  const before = await identifiers(machine);
  t.same(await renewDiskIdentifiers(machine, systemId), ['primary-system', 'primary-root', 'system disk']);
  const after = await identifiers(machine);
  for (const name of ['fat', 'ext4', 'disk'] as const) t.not(after[name], before[name], name);
  t.equal(after.disk, diskSignatureOf(systemId, 'system'));
  await runTool('e2fsck', ['-fn', machine.systemDevice('primary-root')]);
  await runTool('fsck.fat', ['-n', machine.systemDevice('primary-system')]);
  t.same(await renewDiskIdentifiers(machine, systemId), [], 'nothing is left to do');
});

t.test('two systems get different identifiers, the same system the same again', async (t) => {
  const machine = await machineOn(t);
  await renewDiskIdentifiers(machine, systemId);
  const first = await identifiers(machine);
  await renewDiskIdentifiers(machine, systemId.replace('7d1f', '7d1e'));
  const other = await identifiers(machine);
  for (const name of ['fat', 'ext4', 'disk'] as const) t.not(other[name], first[name], name);
  await renewDiskIdentifiers(machine, systemId);
  t.same(await identifiers(machine), first);
});

t.test('FAT32 keeps its second boot sector in step', async (t) => {
  const machine = await machineOn(t, ['-F', '32']);
  await renewDiskIdentifiers(machine, systemId);
  const bytes = readFileSync(machine.systemDevice('primary-system'));
  t.same(bytes.subarray(6 * 512, 7 * 512), bytes.subarray(0, 512));
  await runTool('fsck.fat', ['-n', machine.systemDevice('primary-system')]);
});

t.test('what is no file system and no partition table is left alone', async (t) => {
  const machine = await machineOn(t);
  truncateSync(machine.systemDisk, 0);
  truncateSync(machine.systemDisk, 4096);
  for (const role of ['primary-system', 'primary-root'] as const) {
    truncateSync(machine.systemDevice(role), 0);
    truncateSync(machine.systemDevice(role), 1024 * 1024);
  }
  t.same(await renewDiskIdentifiers(machine, systemId), []);
});

/** A machine whose disk and partitions are files: a disk with a boot signature, a FAT and an ext4 file system. */
async function machineOn(t: Test, fatOptions: string[] = []): Promise<Machine> {
  const systemDisk = join(t.testdir({ disk: '' }), 'disk');
  truncateSync(systemDisk, 4096);
  writeSync(openSync(systemDisk, 'r+'), Buffer.from([0x55, 0xaa]), 0, 2, 510);
  const partitions = [
    { role: 'primary-system', number: 1, fileSystem: 'fat' },
    { role: 'primary-root', number: 3, fileSystem: 'ext4' },
  ];
  const layout = { disks: [{ role: 'system', partitions, records: {} }] } as unknown as ResolvedLayout;
  const machine = new Machine({ layout, system: 'primary', systemDisk, dataDisk: null });
  await runTool('mkfs.fat', ['-C', ...fatOptions, machine.systemDevice('primary-system'), '40960']);
  const features = 'metadata_csum,metadata_csum_seed';
  await runTool('mke2fs', ['-q', '-t', 'ext4', '-O', features, machine.systemDevice('primary-root'), '8M']);
  return machine;
}

async function identifiers(machine: Machine): Promise<{ fat: string; ext4: string; disk: number }> {
  const fat = readFileSync(machine.systemDevice('primary-system'));
  const offset = fat.readUInt16LE(22) === 0 ? 67 : 39;
  return {
    fat: fat.subarray(offset, offset + 4).toString('hex'),
    ext4: readFileSync(machine.systemDevice('primary-root'))
      .subarray(1024 + 0x68, 1024 + 0x78)
      .toString('hex'),
    disk: readFileSync(machine.systemDisk).readUInt32LE(440),
  };
}
