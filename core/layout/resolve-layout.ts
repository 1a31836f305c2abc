import { formatSize, sectorBytes } from '../../foundation/index.ts';
import { coreErrors } from '../errors.ts';
import { layoutRecordKinds, type RecordKind } from '../records/record-format.ts';
import type { DiskLayout, DiskRole, Layout, LicenceLevel, PartitionRole } from './layout-schema.ts';

/** Partitions begin on a mebibyte; so does the room that every logical drive needs for its link in the chain. */
export const alignmentSectors = 2048;

/** Copies of a record lie this far apart: in different physical sectors, also on a disk that writes 4 KiB at once. */
export const recordCopySpacingSectors = 8;

export interface ResolvedPartition {
  role: PartitionRole;
  /** The number in device names: 1 to 4, logical drives from 5. */
  number: number;
  kind: 'primary' | 'logical';
  firstSector: number;
  sectors: number;
  /** Where the logical drive's extended boot record lies. */
  extendedBootRecordSector?: number;
  fileSystem: 'fat' | 'ext4';
  label: string;
}

export interface ResolvedRecord {
  kind: RecordKind;
  /** One absolute sector per copy. */
  sectors: number[];
}

export interface ResolvedDisk {
  role: DiskRole;
  sizeBytes: number;
  ports: string[];
  bootLoaderSectors: number;
  partitions: ResolvedPartition[];
  /** The extended partition, when there are logical drives; it has number 4. */
  extended?: { firstSector: number; sectors: number };
  records: Partial<Record<RecordKind, ResolvedRecord>>;
}

/** A layout on disks of known sizes. It is plain JSON: the copy that appliances carry (docs/layouts.md). */
export interface ResolvedLayout {
  name: string;
  attemptLimit: number;
  lcd: Layout['lcd'];
  watchdog?: NonNullable<Layout['watchdog']>;
  licences: LicenceLevel[];
  disks: ResolvedDisk[];
  /** What was declared, so that an appliance can lay it out again on a disk of another size. */
  declared: Layout;
}

/**
 * Lays a layout out on disks of the given sizes in bytes, by default the declared ones. Pure.
 *
 * @throws CORE_LAYOUT_DOES_NOT_FIT
 */
export function resolveLayout(
  layout: Layout,
  sizesBytes: Partial<Record<DiskRole, number>> = {},
): ResolvedLayout {
  const { name, attemptLimit, lcd, watchdog, licences } = layout;
  const disks = layout.disks.map((disk) => resolveDisk(disk, sizesBytes[disk.role] ?? disk.size));
  const timer = watchdog === undefined ? {} : { watchdog };
  return { name, attemptLimit, lcd, ...timer, licences, disks, declared: layout };
}

/**
 * Lays one disk out on `sizeBytes` bytes. Pure.
 *
 * @throws CORE_LAYOUT_DOES_NOT_FIT
 */
export function resolveDisk(disk: DiskLayout, sizeBytes: number): ResolvedDisk {
  const totalSectors = Math.floor(sizeBytes / sectorBytes);
  const neededSectors = neededDiskSectors(disk);
  const wantsRest = disk.partitions.some(({ size }) => size === 'rest');
  const restSectors = alignDown(totalSectors - neededSectors);
  if (totalSectors < neededSectors || (wantsRest && restSectors < alignmentSectors)) {
    throw coreErrors.CORE_LAYOUT_DOES_NOT_FIT({
      tried: `lay out the ${disk.role} disk`,
      expected: `${formatSize((neededSectors + (wantsRest ? alignmentSectors : 0)) * sectorBytes)} or more`,
      got: formatSize(sizeBytes),
    });
  }
  const partitions = placePartitions(disk, restSectors);
  const extended = findExtended(partitions);
  return {
    role: disk.role,
    sizeBytes,
    ports: disk.ports,
    bootLoaderSectors: disk.bootLoaderSectors,
    partitions,
    ...(extended === undefined ? {} : { extended }),
    records: resolveRecords(disk),
  };
}

/** Sectors that everything except `rest` takes, with the room before the first partition and for logical drives. */
export function neededDiskSectors(disk: DiskLayout): number {
  const sectors = disk.partitions.map(
    ({ size, kind }) =>
      (size === 'rest' ? 0 : size / sectorBytes) + (kind === 'logical' ? alignmentSectors : 0),
  );
  return sectors.reduce((sum, part) => sum + part, alignmentSectors);
}

/** The sectors of a record's copies. */
export function recordCopySectors({
  firstSector,
  copies,
}: {
  firstSector: number;
  copies: number;
}): number[] {
  return Array.from({ length: copies }, (_, copy) => firstSector + copy * recordCopySpacingSectors);
}

function placePartitions(disk: DiskLayout, restSectors: number): ResolvedPartition[] {
  let nextSector = alignmentSectors;
  let primaryNumber = 0;
  let logicalNumber = 4;
  return disk.partitions.map(({ role, kind, size, fileSystem, label }) => {
    const sectors = size === 'rest' ? restSectors : size / sectorBytes;
    const number = kind === 'primary' ? ++primaryNumber : ++logicalNumber;
    const link = kind === 'logical' ? { extendedBootRecordSector: nextSector } : {};
    const firstSector = kind === 'logical' ? nextSector + alignmentSectors : nextSector;
    nextSector = firstSector + sectors;
    return { role, number, kind, firstSector, sectors, ...link, fileSystem, label };
  });
}

function findExtended(partitions: readonly ResolvedPartition[]): ResolvedDisk['extended'] {
  const logical = partitions.filter(({ kind }) => kind === 'logical');
  const last = logical.at(-1);
  if (last === undefined) return undefined;
  const firstSector = logical[0]!.extendedBootRecordSector!;
  return { firstSector, sectors: last.firstSector + last.sectors - firstSector };
}

function resolveRecords(disk: DiskLayout): ResolvedDisk['records'] {
  const records: ResolvedDisk['records'] = {};
  for (const kind of layoutRecordKinds) {
    const record = disk.records[kind];
    if (record !== undefined) records[kind] = { kind, sectors: recordCopySectors(record) };
  }
  return records;
}

function alignDown(sectors: number): number {
  return Math.floor(sectors / alignmentSectors) * alignmentSectors;
}
