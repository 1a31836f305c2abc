import { durably, sectorBytes } from '../../../foundation/index.ts';
import { allocateAligned } from '../../factory/clone/aligned-memory.ts';
import { alignmentSectors } from '../../layout/resolve-layout.ts';
import { scriptErrors } from '../errors.ts';
import type { DiskAccess } from './hardware/disk-access.ts';
import type { PlacedPlan } from './partition-plan.ts';

const mebibyteBytes = alignmentSectors * sectorBytes;

/**
 * Writes a partition table, and zeros where anything of what was there before could be taken for the content of a new
 * partition. The master boot record comes last, so that a disk that was cut off has no table rather than half of one.
 *
 * @throws SCRIPT_DISK_DIFFERS when the table does not read back as it was written.
 */
export async function layOutDisk(
  access: DiskAccess,
  placed: PlacedPlan,
  { device, sizeBytes }: { device: string; sizeBytes: number },
): Promise<void> {
  await eraseTraces(access, placed, sizeBytes);
  await writeTable(access, placed, device);
}

/**
 * The first and the last MiB of the disk, where loaders, raw records, GPT and arrays are, and of each partition, where
 * superblocks are, and the room of each link between logical drives: what lay there before must not be taken for the content of a new partition.
 */
async function eraseTraces(
  access: DiskAccess,
  { partitions, table }: PlacedPlan,
  sizeBytes: number,
): Promise<void> {
  const endOf = (positionBytes: number) => Math.max(0, positionBytes - mebibyteBytes);
  const wholeBytes = sizeBytes - (sizeBytes % mebibyteBytes);
  const positions = [endOf(wholeBytes), ...table.map(({ sector }) => sector * sectorBytes)];
  for (const { firstSector, sectors } of partitions) {
    positions.push(firstSector * sectorBytes, endOf((firstSector + sectors) * sectorBytes));
  }
  const zeros = allocateAligned(mebibyteBytes);
  for (const position of positions) await access.write(zeros, position);
  // What the last whole MiB leaves is less than one, and not always a multiple of what O_DIRECT takes.
  if (sizeBytes > wholeBytes) await access.write(zeros.subarray(0, sizeBytes - wholeBytes), wholeBytes);
  await durably('partition-disk.traces', () => access.sync());
}

async function writeTable(access: DiskAccess, { table }: PlacedPlan, device: string): Promise<void> {
  // Each sector lies at the beginning of a MiB that was erased, and what is written at once is a whole page of it.
  const pages = table.map(({ sector, bytes }) => {
    const page = allocateAligned(4096);
    page.set(bytes);
    return { positionBytes: sector * sectorBytes, page };
  });
  for (const { positionBytes, page } of pages.toReversed()) {
    await access.write(page, positionBytes);
    await durably('partition-disk.table', () => access.sync());
  }
  const read = allocateAligned(4096);
  for (const { positionBytes, page } of pages) {
    const bytesRead = await access.read(read, positionBytes);
    if (bytesRead === read.length && read.equals(page)) continue;
    throw scriptErrors.SCRIPT_DISK_DIFFERS({
      tried: 'read back the partition table',
      where: `${device}, sector ${positionBytes / sectorBytes}`,
    });
  }
}
