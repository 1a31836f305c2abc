import { formatSize, sectorBytes } from '../../foundation/index.ts';
import { type LayoutRecordKind, layoutRecordKinds } from '../records/record-format.ts';
import type { DiskLayout, Layout, PartitionRole } from './layout-schema.ts';
import {
  alignmentSectors,
  neededDiskSectors,
  recordCopySectors,
  recordCopySpacingSectors,
} from './resolve-layout.ts';

/** What is wrong, and the path of the place in the text. */
export interface LayoutProblem {
  path: readonly PropertyKey[];
  problem: string;
}

/** An MBR counts sectors in 32 bits. */
const maximumSectors = 2 ** 32 - 1;

/** Everything about a layout that a schema cannot say. Pure; an empty list means that it can be built. */
export function checkLayout(layout: Layout): LayoutProblem[] {
  return [
    ...checkRoles(layout),
    ...checkLicences(layout),
    ...layout.disks.flatMap((disk, index) =>
      [...checkPartitions(disk), ...checkFit(disk), ...checkRecords(disk), ...checkRequiredParts(disk)].map(
        ({ path, problem }) => ({ path: ['disks', index, ...path], problem }),
      ),
    ),
  ];
}

function checkRoles(layout: Layout): LayoutProblem[] {
  const problems: LayoutProblem[] = [];
  const firstPlaces = new Map<string, string>();
  const claim = (name: string, path: readonly PropertyKey[], place: string) => {
    const first = firstPlaces.get(name);
    if (first !== undefined) problems.push({ path, problem: `${name} is declared twice, first on ${first}` });
    else firstPlaces.set(name, place);
  };
  for (const [index, disk] of layout.disks.entries()) {
    claim(`disk "${disk.role}"`, ['disks', index, 'role'], `disk ${index + 1}`);
    for (const [number, { role }] of disk.partitions.entries()) {
      claim(`partition "${role}"`, ['disks', index, 'partitions', number, 'role'], `the ${disk.role} disk`);
    }
    for (const [number, port] of disk.ports.entries()) {
      claim(`port "${port}"`, ['disks', index, 'ports', number], `the ${disk.role} disk`);
    }
  }
  if (layout.disks[0]!.role !== 'system') {
    problems.push({ path: ['disks', 0, 'role'], problem: 'the first disk must be the system disk' });
  }
  return problems;
}

function checkLicences({ licences }: Layout): LayoutProblem[] {
  return licences.flatMap((licence, index) => {
    const path = ['licences', index, 'minimumCapacity'];
    const before = licences[index - 1];
    if (before !== undefined && licence.minimumCapacity <= before.minimumCapacity) {
      return [
        { path, problem: `licence levels must rise: "${licence.level}" is not above "${before.level}"` },
      ];
    }
    return [];
  });
}

function checkPartitions(disk: DiskLayout): LayoutProblem[] {
  const problems: LayoutProblem[] = [];
  let restRole: string | undefined;
  let primaries = 0;
  let logicals = 0;
  for (const [index, { role, kind, size }] of disk.partitions.entries()) {
    const at = (key: string) => ['partitions', index, key];
    if (size === 'rest') {
      if (restRole !== undefined) {
        problems.push({ path: at('size'), problem: `"${restRole}" takes the rest already` });
      }
      restRole ??= role;
    } else if (size === 0 || size % (alignmentSectors * sectorBytes) !== 0) {
      problems.push({
        path: at('size'),
        problem: 'partitions are whole mebibytes, so that they stay aligned',
      });
    }
    if (kind === 'logical') logicals += 1;
    else primaries += 1;
    if (kind === 'primary' && logicals > 0) {
      problems.push({ path: at('kind'), problem: 'primary partitions come before the logical drives' });
    }
    if (primaries + Math.min(logicals, 1) > 4) {
      const problem = 'an MBR has four entries, of which logical drives need one; make this a logical drive';
      problems.push({ path: at('kind'), problem });
    }
  }
  return problems;
}

function checkFit(disk: DiskLayout): LayoutProblem[] {
  const path = ['size'];
  const diskSectors = Math.floor(disk.size / sectorBytes);
  if (disk.size % sectorBytes !== 0)
    return [{ path, problem: 'a disk is a whole number of 512-byte sectors' }];
  if (diskSectors > maximumSectors) return [{ path, problem: 'an MBR reaches 2 TiB only' }];
  const rest = disk.partitions.some(({ size }) => size === 'rest') ? alignmentSectors : 0;
  const neededBytes = (neededDiskSectors(disk) + rest) * sectorBytes;
  if (neededBytes <= disk.size) return [];
  let endBytes = alignmentSectors * sectorBytes;
  const overflowing = disk.partitions.findIndex(({ size, kind }) => {
    endBytes += (kind === 'logical' ? alignmentSectors : 0) * sectorBytes;
    endBytes += size === 'rest' ? alignmentSectors * sectorBytes : size;
    return endBytes > disk.size;
  });
  const problem = `"${disk.partitions[overflowing]!.role}" does not fit: the partitions need ${formatSize(neededBytes)}, the disk has ${formatSize(disk.size)}`;
  return [{ path: ['partitions', overflowing, 'size'], problem }];
}

/** Records lie between the loader's code and the first partition, each copy in a physical sector of its own. */
function checkRecords(disk: DiskLayout): LayoutProblem[] {
  const problems: LayoutProblem[] = [];
  const taken = new Map<number, LayoutRecordKind>();
  for (const kind of layoutRecordKinds) {
    const record = disk.records[kind];
    if (record === undefined) continue;
    const report = (problem: string) => problems.push({ path: ['records', kind, 'firstSector'], problem });
    if (record.firstSector % recordCopySpacingSectors !== 0) {
      report(`a record begins on a multiple of ${recordCopySpacingSectors} sectors`);
    }
    if (kind === 'boot-control' && record.copies !== 2) {
      report('boot control has two copies: the master boot record has no room for more');
    }
    for (const sector of recordCopySectors(record)) {
      const problem = misplaced(disk, kind, sector) ?? overlapping(kind, sector, taken);
      if (problem !== undefined) {
        report(problem);
        break;
      }
      taken.set(sector - (sector % recordCopySpacingSectors), kind);
    }
  }
  return problems;
}

function misplaced(disk: DiskLayout, kind: LayoutRecordKind, sector: number): string | undefined {
  if (sector === 0) return `"${kind}" lies on sector 0, the master boot record`;
  if (sector < disk.bootLoaderSectors) {
    return `"${kind}" on sector ${sector} lies inside the boot loader, which takes ${disk.bootLoaderSectors} sectors`;
  }
  if (sector >= alignmentSectors) {
    return `"${kind}" on sector ${sector} lies inside a partition or an extended boot record: records end before sector ${alignmentSectors}`;
  }
  return undefined;
}

function overlapping(
  kind: LayoutRecordKind,
  sector: number,
  taken: Map<number, LayoutRecordKind>,
): string | undefined {
  const other = taken.get(sector - (sector % recordCopySpacingSectors));
  return other === undefined ? undefined : `"${kind}" on sector ${sector} overlaps "${other}"`;
}

/** What the life cycle cannot do without; the loader reads the tables of its own disk only. */
function checkRequiredParts(disk: DiskLayout): LayoutProblem[] {
  if (disk.role === 'data') {
    return disk.records.signature === undefined ? [missingRecord('signature')] : [];
  }
  const problems = layoutRecordKinds.filter((kind) => disk.records[kind] === undefined).map(missingRecord);
  for (const role of ['primary-system', 'emergency-system'] as const) {
    problems.push(...checkBootable(disk, role));
  }
  for (const role of ['primary-root', 'emergency-root', 'setup', 'backup', 'settings'] as const) {
    const partition = disk.partitions.findIndex((candidate) => candidate.role === role);
    if (partition === -1) problems.push(missingPartition(role));
    else if (disk.partitions[partition]!.fileSystem !== 'ext4') {
      problems.push({ path: ['partitions', partition, 'fileSystem'], problem: `"${role}" must be ext4` });
    }
  }
  return problems;
}

function checkBootable(disk: DiskLayout, role: PartitionRole): LayoutProblem[] {
  const index = disk.partitions.findIndex((candidate) => candidate.role === role);
  if (index === -1) return [missingPartition(role)];
  const { kind, fileSystem } = disk.partitions[index]!;
  const problems: LayoutProblem[] = [];
  if (kind !== 'primary') {
    const problem = `"${role}" must be primary: the master boot record starts it`;
    problems.push({ path: ['partitions', index, 'kind'], problem });
  }
  if (fileSystem !== 'fat') {
    const problem = `"${role}" must be fat: its boot loader reads nothing else`;
    problems.push({ path: ['partitions', index, 'fileSystem'], problem });
  }
  return problems;
}

function missingPartition(role: PartitionRole): LayoutProblem {
  return { path: ['partitions'], problem: `the system disk has no partition "${role}"` };
}

function missingRecord(kind: LayoutRecordKind): LayoutProblem {
  return { path: ['records'], problem: `the disk has no record "${kind}"` };
}
