import { crc32 } from 'node:zlib';
import type { ByteRange } from '../finding.ts';
import { largestEntryArrayBytes, largestEntryBytes } from './limits.ts';
import type { PartitionSource } from './partition-reading.ts';
import { readWhole } from './read-whole.ts';

/** The header of a GPT (UEFI 2.10, table 5-5). */
export interface GptHeader {
  revision: number;
  headerBytes: number;
  ownSector: bigint;
  otherSector: bigint;
  firstUsableSector: bigint;
  lastUsableSector: bigint;
  diskGuid: string;
  arraySector: bigint;
  entryCount: number;
  entryBytes: number;
  arrayCrc: number;
}

/** One of the two copies of a GPT, where there is something that begins as one. */
export interface GptCopy {
  sectorBytes: number;
  /** Where it was found, in sectors. */
  sector: bigint;
  /** As it stands there; of a damaged copy it may be anything. */
  header: GptHeader;
  /** The header's checksum is right. */
  isHeaderWhole: boolean;
  /** The array of entries; undefined when the copy is damaged. */
  entryArray: Buffer | undefined;
  /** Why it cannot be used; empty when it can. */
  damage: string;
}

/** Reads the copy of a GPT whose header lies in a sector; undefined when nothing there begins with `EFI PART`. */
export async function readGptCopy(
  source: PartitionSource,
  sectorBytes: number,
  sector: bigint,
): Promise<GptCopy | undefined> {
  const bytes = await readWhole(source, sector * BigInt(sectorBytes), sectorBytes);
  if (bytes === undefined || bytes.toString('latin1', 0, 8) !== 'EFI PART') return undefined;
  const header = parseHeader(bytes);
  const copy = { sectorBytes, sector, header };
  const headerDamage = judgeChecksum(bytes, header.headerBytes);
  const isHeaderWhole = headerDamage === '';
  const damage = headerDamage || judgeHeader(header, sector);
  if (damage !== '') return { ...copy, isHeaderWhole, entryArray: undefined, damage };
  const { offsetBytes, lengthBytes } = entryArrayRange(header, sectorBytes);
  const entryArray = await readWhole(source, offsetBytes, lengthBytes);
  if (entryArray === undefined) {
    const damage = `its entries begin in sector ${header.arraySector}, not all of them on the disk`;
    return { ...copy, isHeaderWhole, entryArray, damage };
  }
  const isArrayWhole = crc32(entryArray) === header.arrayCrc;
  return isArrayWhole
    ? { ...copy, isHeaderWhole, entryArray, damage: '' }
    : { ...copy, isHeaderWhole, entryArray: undefined, damage: 'the checksum of its entries is wrong' };
}

/** The sectors of a copy, as far as its header can be believed and they lie on the disk. */
export function gptCopyRanges(copy: GptCopy, diskBytes: number): ByteRange[] {
  const { sector, sectorBytes, isHeaderWhole, header } = copy;
  const header0 = { offsetBytes: Number(sector) * sectorBytes, lengthBytes: sectorBytes };
  if (!isHeaderWhole || header.entryCount * header.entryBytes > largestEntryArrayBytes) return [header0];
  const { offsetBytes, lengthBytes } = entryArrayRange(header, sectorBytes);
  const wholeSectors = Math.ceil(lengthBytes / sectorBytes) * sectorBytes;
  const isOnDisk = lengthBytes > 0 && offsetBytes + BigInt(wholeSectors) <= BigInt(diskBytes);
  return isOnDisk ? [header0, { offsetBytes: Number(offsetBytes), lengthBytes: wholeSectors }] : [header0];
}

function entryArrayRange({ arraySector, entryCount, entryBytes }: GptHeader, sectorBytes: number) {
  return { offsetBytes: arraySector * BigInt(sectorBytes), lengthBytes: entryCount * entryBytes };
}

function parseHeader(bytes: Buffer): GptHeader {
  return {
    revision: bytes.readUInt32LE(8),
    headerBytes: bytes.readUInt32LE(12),
    ownSector: bytes.readBigUInt64LE(24),
    otherSector: bytes.readBigUInt64LE(32),
    firstUsableSector: bytes.readBigUInt64LE(40),
    lastUsableSector: bytes.readBigUInt64LE(48),
    diskGuid: readGuid(bytes, 56),
    arraySector: bytes.readBigUInt64LE(72),
    entryCount: bytes.readUInt32LE(80),
    entryBytes: bytes.readUInt32LE(84),
    arrayCrc: bytes.readUInt32LE(88),
  };
}

/** A GUID in small letters; its first three parts are stored with the lowest byte first (UEFI 2.10, appendix A). */
export function readGuid(bytes: Buffer, at: number): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
  return [
    hex(bytes.readUInt32LE(at), 8),
    hex(bytes.readUInt16LE(at + 4), 4),
    hex(bytes.readUInt16LE(at + 6), 4),
    bytes.toString('hex', at + 8, at + 10),
    bytes.toString('hex', at + 10, at + 16),
  ].join('-');
}

/** The checksum is made over the header with its own place as zeros. */
function judgeChecksum(bytes: Buffer, headerBytes: number): string {
  if (headerBytes < 92 || headerBytes > bytes.length) return `its header claims ${headerBytes} bytes`;
  const header = Buffer.from(bytes.subarray(0, headerBytes));
  const expected = header.readUInt32LE(16);
  header.writeUInt32LE(0, 16);
  return crc32(header) === expected ? '' : 'the checksum of its header is wrong';
}

/** What makes a header unusable though its checksum is right (UEFI 2.10, 5.3.2). */
function judgeHeader({ ownSector, entryCount, entryBytes, arraySector }: GptHeader, sector: bigint): string {
  if (ownSector !== sector) return `it lies in sector ${sector} and says that it lies in ${ownSector}`;
  const isEntrySize =
    entryBytes >= 128 && entryBytes <= largestEntryBytes && (entryBytes & (entryBytes - 1)) === 0;
  if (!isEntrySize) return `its entries claim ${entryBytes} bytes each`;
  if (entryCount === 0 || entryCount * entryBytes > largestEntryArrayBytes) {
    return `it claims ${entryCount} entries of ${entryBytes} bytes`;
  }
  return arraySector < 2n ? `its entries begin in sector ${arraySector}` : '';
}
