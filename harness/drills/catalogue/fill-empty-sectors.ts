import { sectorBytes } from '../../../foundation/index.ts';
import type { ByteRange } from '../../faults/index.ts';
import { inspectDisk, type SectorRange } from '../../witness/index.ts';
import { drillsErrors } from '../errors.ts';
import type { FaultTargetDisk, InjectedFault } from '../fault-declaration.ts';
import { damageRanges } from './damage-ranges.ts';

/** So much is looked at in one piece. */
const stepSectors = 2048;

/** Fills sectors outside of partitions that hold only zeros with noise, at most so many bytes, from the start on. */
export async function fillEmptySectors(
  target: FaultTargetDisk,
  atMostBytes: number,
  seed: string,
  scratchFolder: string,
): Promise<InjectedFault> {
  const ranges = await emptySectors(target.path, Math.floor(atMostBytes / sectorBytes), scratchFolder);
  if (ranges.length === 0) {
    throw drillsErrors.DRILLS_NOT_APPLICABLE({
      tried: `fill the empty sectors outside of the partitions of ${target.path}`,
      got: 'there are none',
    });
  }
  return await damageRanges(target, ranges, 'empty sectors outside of partitions', { how: 'random', seed });
}

async function emptySectors(path: string, atMost: number, scratchFolder: string): Promise<ByteRange[]> {
  await using disk = await inspectDisk(path, { scratchFolder });
  // A disk without a table is empty all over.
  const { partitions } = await disk.partitionTable().catch(() => ({ partitions: [] }));
  const covers = partitions.filter(({ isExtended }) => !isExtended);
  const found = new JoinedSectors(atMost);
  for (const gap of gapsBetween(covers, Math.floor(disk.sizeBytes / sectorBytes))) {
    const end = gap.firstSector + gap.sectorCount;
    for (let first = gap.firstSector; first < end && !found.isFull; first += stepSectors) {
      const count = Math.min(stepSectors, end - first);
      const bytes = await disk.sectors(first, count);
      for (let index = 0; index < count; index += 1) {
        if (isZero(bytes.subarray(index * sectorBytes, (index + 1) * sectorBytes))) found.add(first + index);
      }
    }
  }
  return found.ranges.map(({ firstSector, sectorCount }) => ({
    offsetBytes: firstSector * sectorBytes,
    lengthBytes: sectorCount * sectorBytes,
  }));
}

function gapsBetween(covers: readonly SectorRange[], sectorCount: number): SectorRange[] {
  const sorted = covers.toSorted((one, other) => one.firstSector - other.firstSector);
  const gaps: SectorRange[] = [];
  let at = 0;
  for (const cover of [...sorted, { firstSector: sectorCount, sectorCount: 0 }]) {
    if (cover.firstSector > at) gaps.push({ firstSector: at, sectorCount: cover.firstSector - at });
    at = Math.max(at, cover.firstSector + cover.sectorCount);
  }
  return gaps;
}

const zeroSector = Buffer.alloc(sectorBytes);

function isZero(sector: Buffer): boolean {
  return sector.equals(zeroSector);
}

/** Sectors in rising order, joined where they lie side by side; no more than a limit. */
class JoinedSectors {
  readonly ranges: SectorRange[] = [];
  #left: number;

  constructor(limit: number) {
    this.#left = limit;
  }

  get isFull(): boolean {
    return this.#left === 0;
  }

  add(sector: number): void {
    if (this.isFull) return;
    this.#left -= 1;
    const last = this.ranges.at(-1);
    if (last !== undefined && last.firstSector + last.sectorCount === sector) last.sectorCount += 1;
    else this.ranges.push({ firstSector: sector, sectorCount: 1 });
  }
}
