import { sectorBytes } from '../../../../foundation/index.ts';
import { alignmentBytes, allocateAligned } from '../../../factory/clone/aligned-memory.ts';
import type { DiskAccess } from './disk-access.ts';
import type { HardwareDisk } from './disks.ts';

/** A place outside all data, 1 MiB long and on a whole MiB, or why there is none. */
export type FreeArea = { firstSector: number; reason?: undefined } | { reason: string };

/** Sectors of one MiB, which is also the unit in which areas are looked for. */
export const areaSectors = 2048;

const areaBytes = areaSectors * sectorBytes;

/**
 * Finds where a disk may be written without touching anybody's data (spec R6): a MiB that no partition covers, as late
 * on the disk as possible. Never in the first MiB, where loaders and raw records lie, nor in the last one, where
 * arrays and GPT keep their tables. A disk without partitions counts only when both of these are empty, for a file
 * system may cover the whole disk.
 *
 * @throws what reading the disk throws.
 */
export async function findFreeArea(disk: HardwareDisk, access: DiskAccess): Promise<FreeArea> {
  if (disk.isHeld) return { reason: 'it is used whole by an array or a volume group' };
  const sectors = Math.floor(disk.sizeBytes / sectorBytes);
  const lastUnit = Math.floor(sectors / areaSectors) - 2;
  const first = await read(access, 0, areaBytes);
  if (disk.partitions.length === 0) {
    const isBlank = lastUnit >= 1 && isZero(first) && isZero(await readEnd(access, disk.sizeBytes));
    return isBlank
      ? { firstSector: lastUnit * areaSectors }
      : { reason: 'it has no partitions, and is not blank either' };
  }
  const covered = [...disk.partitions, ...entriesOfMasterBootRecord(first)];
  for (let unit = lastUnit; unit >= 1; unit -= 1) {
    const firstSector = unit * areaSectors;
    const inTheWay = covered.filter((range) => overlaps(range, firstSector));
    if (inTheWay.length === 0) return { firstSector };
    // On to the unit that ends before what lies in the way: disks have millions of units.
    const earliest = Math.min(...inTheWay.map((range) => range.firstSector));
    unit = Math.min(unit, Math.floor(earliest / areaSectors));
  }
  return { reason: 'its partitions leave no MiB free' };
}

interface SectorRange {
  firstSector: number;
  sectors: number;
}

const tableOffset = 446;
const entryBytes = 16;
const protective = 0xee;

/**
 * The kernel names logical drives and says of an extended partition that it is one sector long; the links between the
 * drives lie in what looks free. Here the extended partition is as long as it is. A protective entry (UEFI 2.10, 5.2.3)
 * would cover the whole disk, and its partitions are those of the GPT, which the kernel names.
 */
function entriesOfMasterBootRecord(start: Buffer): SectorRange[] {
  if (start.length < sectorBytes || start.readUInt16LE(510) !== 0xaa55) return [];
  const offsets = [0, 1, 2, 3].map((index) => tableOffset + index * entryBytes);
  return offsets
    .filter((offset) => start[offset + 4] !== 0 && start[offset + 4] !== protective)
    .map((offset) => ({
      firstSector: start.readUInt32LE(offset + 8),
      sectors: start.readUInt32LE(offset + 12),
    }));
}

function overlaps(range: SectorRange, firstSector: number): boolean {
  return range.firstSector < firstSector + areaSectors && firstSector < range.firstSector + range.sectors;
}

/** The last MiB and a little more, to the very last sector. */
async function readEnd(access: DiskAccess, sizeBytes: number): Promise<Buffer> {
  const positionBytes = Math.floor((sizeBytes - areaBytes) / alignmentBytes) * alignmentBytes;
  return await read(access, positionBytes, areaBytes + alignmentBytes);
}

async function read(access: DiskAccess, positionBytes: number, lengthBytes: number): Promise<Buffer> {
  const buffer = allocateAligned(lengthBytes);
  return buffer.subarray(0, await access.read(buffer, positionBytes));
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
