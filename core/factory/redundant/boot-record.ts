import { readFile } from 'node:fs/promises';
import type { RedundantDisk, ResolvedRedundantLayout } from '../../known-state/redundant-layout.ts';
import { encodePartitionTable } from '../../layout/partition-table.ts';
import { fixedNumber } from '../fixed-identity.ts';

/** Debian's (syslinux-common): starts the one partition that is marked active. */
const bootCodePath = '/usr/lib/syslinux/mbr/mbr.bin';

const tableOffsetBytes = 446;
const entryBytes = 16;
const activeFlag = 0x80;

/** Sector 0 of every disk with system partitions, by the disks' names. */
export async function makeBootRecords({
  disks,
  name,
}: ResolvedRedundantLayout): Promise<Record<string, Buffer>> {
  const system = disks.filter(({ partitions }) => partitions.some(({ holds }) => holds === 'system'));
  const made = system.map(async (disk) => [disk.name, await makeBootRecord(disk, name)] as const);
  return Object.fromEntries(await Promise.all(made));
}

/**
 * Sector 0 of a disk: boot code, disk signature, partition table; the first system partition is active. A disk without
 * one has neither boot code nor an active partition.
 */
export async function makeBootRecord(disk: RedundantDisk, layoutName: string): Promise<Buffer> {
  const partitions = disk.partitions.map(({ holds, ...place }) => {
    return {
      ...place,
      kind: 'primary' as const,
      fileSystem: holds === 'system' ? ('fat' as const) : ('ext4' as const),
    };
  });
  const active = disk.partitions.find(({ holds }) => holds === 'system');
  const bootCode = active === undefined ? new Uint8Array() : await readFile(bootCodePath);
  const signature = fixedNumber(layoutName, disk.name, 'disk signature');
  const [{ bytes } = { bytes: Buffer.alloc(0) }] = encodePartitionTable({ partitions }, signature, bootCode);
  if (active !== undefined) bytes[tableOffsetBytes + (active.number - 1) * entryBytes] = activeFlag;
  return bytes;
}
