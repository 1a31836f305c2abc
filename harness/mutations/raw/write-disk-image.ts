import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeImage } from '../../../core/script/steps/write-image.ts';
import { sectorBytes } from '../../../foundation/index.ts';
import type { RawTrial } from '../trial.ts';
import { isZero, noise } from './noise.ts';

const beginningBytes = 1024 ** 2;
const sizeBytes = 3 * beginningBytes;

/** An image over a disk that holds another one. */
export const writeDiskImage: RawTrial = {
  name: 'write-disk-image',
  steps: [
    'write-image.empty-beginning',
    'write-image.beginning-is-empty',
    'write-image.rest',
    'write-image.beginning',
  ],
  async make(folder) {
    const [old, wanted] = [noise('old', sizeBytes), noise('new', sizeBytes)];
    const path = join(folder, 'image.raw');
    await writeFile(path, wanted);
    return {
      base: old,
      async act(disk) {
        const signal = new AbortController().signal;
        const how = { device: '/dev/vda', signal, onProgress: () => {} };
        await writeImage({ path, facts: { sizeBytes }, access: disk.access, ...how });
        disk.acknowledge('written');
      },
      judge(disk, acknowledged) {
        if (acknowledged.length > 0 && !disk.equals(wanted)) return 'the image is not there';
        for (const [name, whole] of Object.entries({ old, new: wanted })) {
          if (beginsLike(disk, whole) && !restOf(disk).equals(restOf(whole))) {
            return `it begins like the ${name} image, and the rest is not of that`;
          }
        }
        return undefined;
      },
    };
  },
};

/** Whether any sector of the beginning is there; zeros are of none. */
function beginsLike(disk: Buffer, whole: Buffer): boolean {
  for (let at = 0; at < beginningBytes; at += sectorBytes) {
    const sector = disk.subarray(at, at + sectorBytes);
    if (!isZero(sector) && sector.equals(whole.subarray(at, at + sectorBytes))) return true;
  }
  return false;
}

function restOf(disk: Buffer): Buffer {
  return disk.subarray(beginningBytes);
}
