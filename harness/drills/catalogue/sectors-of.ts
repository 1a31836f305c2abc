import { sectorBytes } from '../../../foundation/index.ts';
import { inspectDisk, type SectorRange } from '../../witness/index.ts';
import type { FaultTargetDisk } from '../fault-declaration.ts';

/**
 * The sectors of a partition, by its number or its role; of the whole disk without one.
 *
 * @throws what the witness throws of a partition that is not there.
 */
export async function sectorsOf(
  { path, layout }: FaultTargetDisk,
  partition: number | string | undefined,
  scratchFolder: string,
): Promise<SectorRange> {
  await using disk = await inspectDisk(path, { scratchFolder, ...(layout && { layout }) });
  if (partition === undefined)
    return { firstSector: 0, sectorCount: Math.floor(disk.sizeBytes / sectorBytes) };
  const { firstSector, sectorCount } = (await disk.partition(partition)).entry;
  return { firstSector, sectorCount };
}
