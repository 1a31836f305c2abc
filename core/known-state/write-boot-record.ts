import { durably, errorMessage, sectorBytes } from '../../foundation/index.ts';
import { nextStartSector } from '../boot-loader/next-start.ts';
import { alignmentBytes, allocateAligned } from '../factory/clone/aligned-memory.ts';
import { type OpenDisk, openDisk } from '../script/steps/hardware/disk-access.ts';

/**
 * Writes sector 0 of a disk (spec B5) and reads it back. Before that the place of the next-start record is cleared: what
 * lies there on a disk with another boot record is another loader's, and would keep this one from being started.
 *
 * @throws What the disk throws; an error when it does not read back.
 */
export async function writeBootRecord(
  device: string,
  record: Buffer,
  open: OpenDisk = openDisk,
): Promise<void> {
  await using disk = await open(device, 'write');
  await durably('write-boot-record.clear-order', () =>
    disk.write(allocateAligned(alignmentBytes), nextStartSector * sectorBytes),
  );
  await durably('write-boot-record.order-is-cleared', () => disk.sync());
  // Disks are written in units of up to 4096 bytes. What cannot be read of it is nobody's.
  const bytes = allocateAligned(alignmentBytes);
  await disk.read(bytes, 0).catch(() => bytes.fill(0));
  record.copy(bytes);
  await disk.write(bytes, 0);
  await durably('write-boot-record.record', () => disk.sync());
  const back = allocateAligned(alignmentBytes);
  await disk.read(back, 0).catch((error) => {
    throw new Error(`the boot record cannot be read back: ${errorMessage(error)}`, { cause: error });
  });
  if (!back.equals(bytes)) throw new Error('the boot record does not read back as it was written');
}
