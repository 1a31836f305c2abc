import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { durably } from '../../foundation/durably.ts';
import type { Machine } from '../appliance/machine.ts';
import { withMounts } from '../appliance/mounts.ts';
import { runProgram } from '../appliance/run-program.ts';
import { derivePurposeUuid } from '../identity/system-id.ts';
import { findDisk } from '../layout/find-in-layout.ts';
import { encodePartitionTable } from '../layout/partition-table.ts';
import { type ResolvedDisk, type ResolvedPartition, resolveDisk } from '../layout/resolve-layout.ts';
import { archivePath, readBackup, verifyDefaults } from '../recovery/backup-area.ts';
import { restoreTree } from '../recovery/restore-tree.ts';
import { diskSignatureOf } from './disk-identifiers.ts';

/**
 * Makes the second data partition, as first boot needs it: whatever the data disk held is gone, its partitions are
 * the layout's, laid out on the size it really has, and the partition holds the manufacturing defaults (spec M8).
 * Where the layout has the partition on the system disk, it came with the clone and only its content is renewed.
 *
 * @param backupHash What the manufacturing record says of the backup area.
 */
export async function makeSecondDataPartition(
  machine: Machine,
  systemId: string,
  backupHash: string,
): Promise<void> {
  if (machine.wantsDataDisk) await partitionDataDisk(machine, systemId);
  const mounts = [
    { role: 'backup', path: '/backup', readOnly: true },
    { role: 'data2', path: '/data2' },
  ] as const;
  await withMounts(machine, mounts, async () => {
    const manifest = await readBackup('/backup', backupHash);
    await verifyDefaults('/backup', manifest, 'data2');
    await restoreTree(archivePath('/backup', 'data2'), '/data2', { exact: true, owners: true });
  });
}

/** Lays the data disk out, as far as that goes without the backup area: traces, table, empty file systems. */
export async function partitionDataDisk(machine: Machine, systemId: string): Promise<void> {
  const device = machine.dataDisk!;
  const declared = machine.layout.declared.disks.find(({ role }) => role === 'data')!;
  await using disk = await open(device, 'r+');
  const sizeBytes = await diskSize(device);
  const layout = resolveDisk(declared, sizeBytes);
  await eraseTraces(disk, layout);
  const sectors = encodePartitionTable(layout, diskSignatureOf(systemId, 'data'));
  for (const { sector, bytes } of sectors) await disk.write(bytes, 0, bytes.length, sector * bytes.length);
  await durably('data-disk.table', () => disk.sync());
  await rereadPartitionTable(device);
  for (const partition of layout.partitions) await format(machine, partition, systemId);
}

/** What lay before the first partition: another boot loader, its records, a signature of another machine. */
async function eraseTraces(disk: Awaited<ReturnType<typeof open>>, layout: ResolvedDisk): Promise<void> {
  const first = Math.min(...layout.partitions.map(({ firstSector }) => firstSector));
  const zeros = Buffer.alloc(first * 512);
  await disk.write(zeros, 0, zeros.length, 0);
  await durably('data-disk.traces', () => disk.sync());
}

async function diskSize(device: string): Promise<number> {
  const name = device.slice('/dev/'.length);
  await using file = await open(`/sys/block/${name}/size`);
  return Number(await file.readFile('utf8')) * 512;
}

/** The kernel is asked to look again; the devices follow by themselves, a little later. */
async function rereadPartitionTable(device: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runProgram('blockdev', ['--rereadpt', device]);
      return;
    } catch (error) {
      if (attempt === 10) throw error;
      await sleep(100);
    }
  }
}

async function format(machine: Machine, partition: ResolvedPartition, systemId: string): Promise<void> {
  const device = machine.device(partition.role)!;
  const uuid = derivePurposeUuid(systemId, partition.role);
  const options = ['-q', '-F', '-t', 'ext4', '-O', 'metadata_csum_seed', '-U', uuid, '-L', partition.label];
  await runProgram('mke2fs', [...options, device]);
}

/** Whether the layout’s data disk is there where the layout wants one. */
export function isDataDiskMissing(machine: Machine): boolean {
  return machine.wantsDataDisk && machine.dataDisk === null;
}

/** The resolved layout of the data disk as it was declared; for callers that need its records. */
export function dataDiskLayout(machine: Machine): ResolvedDisk {
  return findDisk(machine.layout, 'data');
}
