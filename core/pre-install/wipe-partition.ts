import { open } from 'node:fs/promises';
import { durably } from '../../foundation/durably.ts';
import { coreErrors } from '../errors.ts';
import { forgetPageCache } from '../recovery/partition-image.ts';

const pieceBytes = 1024 * 1024;

/**
 * Overwrites a partition that is not mounted with zeros, to its last sector, and reads it back from the disk
 * (spec M5): deleting files leaves their bytes in free blocks, in the journal and in the folders' slack.
 *
 * @throws CORE_WIPE_INCOMPLETE naming the first byte that is not zero.
 */
export async function wipePartition(devicePath: string, sizeBytes: number): Promise<void> {
  const zeros = Buffer.alloc(pieceBytes);
  await using device = await open(devicePath, 'r+');
  for (let position = 0; position < sizeBytes; position += pieceBytes) {
    await device.write(zeros, 0, Math.min(pieceBytes, sizeBytes - position), position);
  }
  await durably('wipe-partition.zeros', () => device.sync());
  await forgetPageCache();
  const bytes = Buffer.alloc(pieceBytes);
  for (let position = 0; position < sizeBytes; position += pieceBytes) {
    const length = Math.min(pieceBytes, sizeBytes - position);
    const { bytesRead } = await device.read(bytes, 0, length, position);
    const rest = bytes.subarray(0, bytesRead);
    if (bytesRead === length && rest.equals(zeros.subarray(0, length))) continue;
    const where = `byte ${
      position +
      Math.max(
        0,
        rest.findIndex((byte) => byte !== 0),
      )
    }`;
    throw coreErrors.CORE_WIPE_INCOMPLETE({ tried: `wipe ${devicePath}`, where });
  }
}
