import { type FileHandle, open } from 'node:fs/promises';
import { sectorBytes } from '../../../foundation/index.ts';
import type { Judge } from '../../explorer/judge-states.ts';
import { isZero } from '../raw/noise.ts';
import { rawContent, rawSizeBytes } from '../trial-content.ts';

type Read = (positionBytes: number, lengthBytes: number) => Promise<Buffer>;

/** A judge of the bytes of a disk. */
function bytesJudge(look: (read: Read, isPromised: boolean) => Promise<string | undefined>): Judge {
  return async ({ path, acknowledged }) => {
    await using file = await open(path, 'r');
    const report = await look(readFrom(file), acknowledged.length > 0);
    const judge = 'promises';
    return report === undefined ? { judge, outcome: 'sound' } : { judge, outcome: 'lost', report };
  };
}

/** All of it is zeros once that was promised. */
export const wiped = bytesJudge(async (read, isPromised) => {
  if (!isPromised || isZero(await read(0, rawSizeBytes))) return undefined;
  return 'it was said to be wiped, and is not all zeros';
});

/** It holds the image once that was promised. */
export const rebuilt = bytesJudge(async (read, isPromised) => {
  if (!isPromised || rawContent().equals(await read(0, rawSizeBytes))) return undefined;
  return 'it was said to be rebuilt, and is not what the image holds';
});

/** Of FAT32 (Microsoft FAT specification 1.03, section 3). */
const [fatIdAt, fatBackupAt] = [67, 6 * sectorBytes];

/** The first boot sector never has an identifier that the second has not; both have it once it was promised. */
export function identified(identifier: string): Judge {
  const old = Buffer.from(identifier, 'hex').reverse();
  return bytesJudge(async (read, isPromised) => {
    const first = await read(fatIdAt, 4);
    const second = await read(fatBackupAt + fatIdAt, 4);
    if (first.equals(old)) return isPromised ? 'it has the old identifier' : undefined;
    return second.equals(first) ? undefined : 'the second boot sector has the old identifier';
  });
}

const ext4MagicAt = 1024 + 0x38;

/** With the new table nothing of what lay before the first partition is left; once promised, there is a file system. */
export const laidOut = bytesJudge(async (read, isPromised) => {
  const sector = await read(0, sectorBytes);
  const firstSector = sector.readUInt32LE(446 + 8);
  if (sector.readUInt16LE(510) !== 0xaa55) return isPromised ? 'there is no table' : undefined;
  if (!isZero(await read(sectorBytes, (firstSector - 1) * sectorBytes))) {
    return 'the table is there, and before the first partition is what lay there before';
  }
  if (!isPromised) return undefined;
  const magic = await read(firstSector * sectorBytes + ext4MagicAt, 2);
  return magic.readUInt16LE() === 0xef53 ? undefined : 'the partition has no file system';
});

function readFrom(file: FileHandle): Read {
  return async (positionBytes, lengthBytes) => {
    const bytes = Buffer.alloc(lengthBytes);
    await file.read(bytes, 0, lengthBytes, positionBytes);
    return bytes;
  };
}
