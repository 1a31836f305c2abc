import { writeFile } from 'node:fs/promises';
import type { Machine } from '../../../core/appliance/machine.ts';
import { partitionDataDisk } from '../../../core/first-boot/data-disk.ts';
import { renewDiskIdentifiers } from '../../../core/first-boot/disk-identifiers.ts';
import { wipePartition } from '../../../core/pre-install/wipe-partition.ts';
import { restorePartition, savePartition } from '../../../core/recovery/partition-image.ts';
import { rawContent, rawSizeBytes, systemId } from '../trial-content.ts';

/** What the core does with a raw disk, by its device. */
export const diskActs: Readonly<Record<string, (device: string) => Promise<unknown>>> = {
  'wipe-a-partition': (device) => wipePartition(device, rawSizeBytes),
  async 'rebuild-a-partition'(device) {
    await writeFile('/tmp/source', rawContent());
    const image = await savePartition('/tmp/source', rawSizeBytes, '/tmp/image');
    await restorePartition('/tmp/image', image, device);
  },
  'renew-identifiers': (device) =>
    renewDiskIdentifiers(machineWith(device, { role: 'data', fileSystem: 'fat' }), systemId),
  'partition-the-data-disk': (device) =>
    partitionDataDisk(machineWith(device, { role: 'data2', fileSystem: 'ext4' }), systemId),
};

/** As much of a machine as these ask for: one disk with one partition; of a FAT, the disk is the partition. */
function machineWith(device: string, { role, fileSystem }: { role: string; fileSystem: string }): Machine {
  const isData = role === 'data2';
  const partition = { role, fileSystem, kind: 'primary', size: 'rest', label: 'data2' };
  const disk = {
    ...{ role: isData ? 'data' : 'system', size: 0, ports: [], bootLoaderSectors: 1, records: {} },
    partitions: [partition],
  };
  const machine = {
    layout: { disks: [disk], declared: { disks: [disk] } },
    ...{ systemDisk: device, dataDisk: isData ? device : null },
    device: () => (isData ? `${device}1` : device),
  };
  return machine as unknown as Machine;
}
