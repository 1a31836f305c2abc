import { randomFillSync } from 'node:crypto';
import { durably, sectorBytes } from '../../../../foundation/index.ts';
import { allocateAligned } from '../../../factory/clone/aligned-memory.ts';
import { type DiskAccess, ioErrorCode } from './disk-access.ts';
import { areaSectors } from './free-area.ts';

/**
 * Writes one MiB of a disk, reads it back, and puts back what was there (spec R6). Once begun it goes through to its
 * end, whatever else happens; only a power cut in between leaves the test's random bytes.
 *
 * @param firstSector Of an area that nobody uses, see `findFreeArea`.
 * @returns What is wrong, such as `does not keep what is written at sector 2048`; undefined when nothing is.
 */
export async function testWriting(access: DiskAccess, firstSector: number): Promise<string | undefined> {
  const saved = areaBuffer();
  try {
    const gotBytes = await access.read(saved, firstSector * sectorBytes);
    if (gotBytes < saved.length) return `ends at sector ${firstSector + Math.floor(gotBytes / sectorBytes)}`;
  } catch (error) {
    return `cannot be read at sector ${firstSector}: ${ioErrorCode(error)}`;
  }
  const fault = await writeAndCompare(access, firstSector, randomFillSync(areaBuffer()));
  const faultAfter = await writeAndCompare(access, firstSector, saved);
  const lost =
    faultAfter &&
    `${faultAfter}, so that what lay at sectors ${firstSector} and following could not be put back`;
  return [fault, lost].filter((text) => text !== undefined).join('; ') || undefined;
}

async function writeAndCompare(
  access: DiskAccess,
  firstSector: number,
  bytes: Buffer,
): Promise<string | undefined> {
  const got = areaBuffer();
  try {
    await access.write(bytes, firstSector * sectorBytes);
    await durably('write-test.area', () => access.sync());
    await access.read(got, firstSector * sectorBytes);
  } catch (error) {
    return `cannot be written at sector ${firstSector}: ${ioErrorCode(error)}`;
  }
  const different = bytes.findIndex((byte, index) => byte !== got[index]);
  if (different === -1) return undefined;
  return `does not keep what is written at sector ${firstSector + Math.floor(different / sectorBytes)}`;
}

function areaBuffer(): Buffer {
  return allocateAligned(areaSectors * sectorBytes);
}
