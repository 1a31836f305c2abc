import { z } from 'zod';
import { formatSize, parseSize, sectorBytes } from '../../../foundation/index.ts';
import type { DiskLayout } from '../../layout/layout-schema.ts';
import { encodePartitionTable, type SectorWrite } from '../../layout/partition-table.ts';
import { alignmentSectors, neededDiskSectors, resolveDisk } from '../../layout/resolve-layout.ts';
import { scriptErrors } from '../errors.ts';

const alignmentBytes = alignmentSectors * sectorBytes;

const size = z.string().transform((text, context) => {
  if (text === 'rest') return 'rest' as const;
  try {
    const sizeBytes = parseSize(text);
    if (sizeBytes > 0 && sizeBytes % alignmentBytes === 0) return sizeBytes;
  } catch {
    // Said below, with what is right.
  }
  const message = `"${text}" is no size of a partition: write whole mebibytes, such as 64MiB, or rest`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const extendedTypes = [0x05, 0x0f, 0x85];

const type = z
  .string()
  .regex(/^0x[0-9a-f]{2}$/i, 'a type is two hexadecimal digits: 0x83')
  .transform(Number)
  .refine(
    (code) => code !== 0 && !extendedTypes.includes(code),
    'this type is not for a partition that holds data',
  );

const partitionSchema = z
  .strictObject({
    size: size.describe('Whole mebibytes such as 64MiB, or rest for what the others leave.'),
    fileSystem: z.enum(['ext4', 'fat', 'none']).describe('none leaves it empty, for an image.'),
    label: z.string().optional().describe('The name of the file system.'),
    type: type
      .optional()
      .describe('The type in the table, such as 0x07; by default that of the file system.'),
    active: z.boolean().default(false).describe('Marks the partition that loaders start from.'),
  })
  .superRefine(({ fileSystem, label }, context) => {
    const message = label === undefined ? undefined : labelProblem(fileSystem, label);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['label'], message });
  });

/** The partitions of a disk in order (spec R7). With more than four, all from the fourth on are logical drives. */
export const partitionsSchema = z
  .array(partitionSchema)
  .min(1)
  .max(60)
  .superRefine((partitions, context) => {
    const report = (index: number, key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [index, key], message });
    const rests = indexesOf(partitions, ({ size }) => size === 'rest');
    if (rests.length > 1)
      report(rests[1]!, 'size', `partition ${rests[0]! + 1} of the list takes the rest already`);
    const active = indexesOf(partitions, (partition) => partition.active);
    if (active.length > 1) report(active[1]!, 'active', 'only one partition can be active');
    const first = active[0];
    if (first !== undefined && isLogical(first, partitions.length)) {
      report(
        first,
        'active',
        'this is a logical drive, and loaders start from none: put it among the first three',
      );
    }
  });

/** A file with a plan holds the list and nothing else. */
export const planSchema = z.strictObject({ partitions: partitionsSchema });

export type PlannedPartition = z.output<typeof partitionSchema>;

/** A partition with its place on one disk. */
export interface PlacedPartition extends PlannedPartition {
  /** The number in device names: 1 to 4, logical drives from 5. */
  number: number;
  firstSector: number;
  sectors: number;
}

export interface PlacedPlan {
  partitions: readonly PlacedPartition[];
  /** The partition table. */
  table: readonly SectorWrite[];
}

/** An MBR counts sectors in 32 bits; what is behind that is left unused. */
const reachableBytes = (2 ** 32 - alignmentSectors) * sectorBytes;

/**
 * Lays a plan out on a disk. Pure.
 *
 * @param diskSignature The 32-bit number that tells disks apart.
 * @throws SCRIPT_SPACE_TOO_SMALL
 */
export function placePlan(
  planned: readonly PlannedPartition[],
  diskSizeBytes: number,
  diskSignature: number,
): PlacedPlan {
  const layout = layoutOf(planned);
  const usableBytes = Math.min(diskSizeBytes, reachableBytes);
  const rest = planned.some(({ size }) => size === 'rest') ? alignmentSectors : 0;
  const neededBytes = (neededDiskSectors(layout) + rest) * sectorBytes;
  if (neededBytes > usableBytes) {
    throw scriptErrors.SCRIPT_SPACE_TOO_SMALL({
      tried: `place ${planned.length} partitions on a disk`,
      expected: `${formatSize(neededBytes)} or more, with the room that a partition table takes`,
      got: formatSize(usableBytes),
    });
  }
  const disk = resolveDisk(layout, usableBytes);
  const table = encodePartitionTable(disk, diskSignature);
  const partitions = disk.partitions.map(({ number, firstSector, sectors }, index) => {
    return { ...planned[index]!, number, firstSector, sectors };
  });
  for (const partition of partitions) refineEntry(table, partition);
  return { partitions, table };
}

/** A plan in the words of layouts, whose table it shares; roles and ports do not get into the table. */
function layoutOf(planned: readonly PlannedPartition[]): DiskLayout {
  const partitions = planned.map(({ size, fileSystem }, index) => ({
    role: 'data' as const,
    kind: isLogical(index, planned.length) ? ('logical' as const) : ('primary' as const),
    size,
    fileSystem: fileSystem === 'fat' ? ('fat' as const) : ('ext4' as const),
    label: '',
  }));
  return { role: 'data', size: 0, ports: [], bootLoaderSectors: 1, records: {}, partitions };
}

const tableOffsetBytes = 446;
const entryBytes = 16;
const activeFlag = 0x80;

/** Layouts know neither active partitions nor other types: Assay's own loader goes by neither. */
function refineEntry(table: readonly SectorWrite[], partition: PlacedPartition): void {
  const { number } = partition;
  // The first sector is the master boot record; each logical drive has the first entry of one of its own.
  const bytes = table[number <= 4 ? 0 : number - 4]!.bytes;
  const offset = tableOffsetBytes + (number <= 4 ? number - 1 : 0) * entryBytes;
  if (partition.active) bytes[offset] = activeFlag;
  bytes[offset + 4] = typeOf(partition);
}

/** FAT32 has a type of its own; mkfs.fat is told to make it from the same size on. */
function typeOf({ type, fileSystem, sectors }: PlacedPartition): number {
  if (type !== undefined) return type;
  if (fileSystem !== 'fat') return 0x83;
  return isFat32(sectors) ? 0x0c : 0x0e;
}

/** Whether a FAT file system of this size is FAT32: from 512 MiB on, as mkfs.fat has it by default. */
export function isFat32(sectors: number): boolean {
  return sectors * sectorBytes >= 512 * 1024 * 1024;
}

function isLogical(index: number, count: number): boolean {
  return count > 4 && index >= 3;
}

function indexesOf<Item>(items: readonly Item[], test: (item: Item) => boolean): number[] {
  return items.flatMap((item, index) => (test(item) ? [index] : []));
}

function labelProblem(fileSystem: PlannedPartition['fileSystem'], label: string): string | undefined {
  if (fileSystem === 'none') return 'there is no file system that could have a label';
  if (fileSystem === 'fat') {
    return /^[A-Z0-9_]{1,11}$/.test(label) ? undefined : 'a FAT label has 1 to 11 capitals, digits or _';
  }
  return /^[\w.-]{1,16}$/.test(label) ? undefined : 'an ext4 label has 1 to 16 letters, digits, . _ or -';
}
