import { coreErrors } from '../errors.ts';
import type { RecordKind } from '../records/record-format.ts';
import type { DiskRole, PartitionRole } from './layout-schema.ts';
import type { ResolvedDisk, ResolvedLayout, ResolvedPartition, ResolvedRecord } from './resolve-layout.ts';

/** The disk of a role. @throws CORE_LAYOUT_PART_MISSING */
export function findDisk(layout: ResolvedLayout, role: DiskRole): ResolvedDisk {
  return layout.disks.find((disk) => disk.role === role) ?? missing(layout, `disk "${role}"`);
}

/** A partition with the disk it lies on. @throws CORE_LAYOUT_PART_MISSING */
export function findPartition(
  layout: ResolvedLayout,
  role: PartitionRole,
): { disk: ResolvedDisk; partition: ResolvedPartition } {
  for (const disk of layout.disks) {
    const partition = disk.partitions.find((candidate) => candidate.role === role);
    if (partition !== undefined) return { disk, partition };
  }
  return missing(layout, `partition "${role}"`);
}

/** Where a record lies on the disk of a role. @throws CORE_LAYOUT_PART_MISSING */
export function findRecord(layout: ResolvedLayout, role: DiskRole, kind: RecordKind): ResolvedRecord {
  return findDisk(layout, role).records[kind] ?? missing(layout, `record "${kind}" on the ${role} disk`);
}

/**
 * The device of a partition on a disk's device, as Linux names it: `/dev/vda` and 5 give `/dev/vda5`, a name that
 * ends in a digit takes a `p` between: `/dev/nvme0n1p5`.
 */
export function partitionDevice(diskDevice: string, number: number): string {
  return /\d$/.test(diskDevice) ? `${diskDevice}p${number}` : `${diskDevice}${number}`;
}

function missing(layout: ResolvedLayout, what: string): never {
  throw coreErrors.CORE_LAYOUT_PART_MISSING({ tried: `find the ${what}`, where: `layout ${layout.name}` });
}
