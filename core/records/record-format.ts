import { crc32 } from 'node:zlib';
import { sectorBytes } from '../../foundation/index.ts';
import { coreErrors } from '../errors.ts';

/**
 * The frame that every raw record has, whatever it holds (docs/layouts.md, "Raw records"). All numbers are little
 * endian. A record is exactly one sector, because a sector is what a disk writes whole or not at all.
 *
 * | offset | bytes | field |
 * |---|---|---|
 * | 0 | 8 | magic `ASSAYREC` |
 * | 8 | 2 | version of the frame, 1 |
 * | 10 | 2 | kind |
 * | 12 | 4 | sequence number, from 1 |
 * | 16 | 4 | length of the payload |
 * | 20 | 488 | payload, then zeros |
 * | 508 | 4 | CRC-32 (as in zlib) of bytes 0 to 507 |
 */
export const recordFormat = {
  magic: 'ASSAYREC',
  version: 1,
  payloadOffsetBytes: 20,
  maximumPayloadBytes: 488,
  checksumOffsetBytes: 508,
} as const;

/** Numbers of the kinds on the disk; never reuse one. */
export const recordKindNumbers = {
  'boot-control': 1,
  signature: 2,
  licence: 3,
  manufacturing: 4,
  'next-start': 5,
} as const;

export type RecordKind = keyof typeof recordKindNumbers;

export const recordKinds = Object.keys(recordKindNumbers) as RecordKind[];

/** The kinds whose place a layout says. `next-start` lies at the same place on every disk (boot-loader/next-start.ts). */
export type LayoutRecordKind = Exclude<RecordKind, 'next-start'>;

export const layoutRecordKinds = recordKinds.filter((kind) => kind !== 'next-start');

/** What one sector was found to hold. */
export type RecordCopy =
  | { state: 'zero' }
  | { state: 'valid'; sequence: number; payload: Buffer }
  /** `unfinished`: what a cut in the very first write, or in an erasure, leaves; see {@link isUnfinished}. */
  | { state: 'damaged'; reason: string; unfinished: boolean };

/**
 * One sector that holds the record.
 *
 * @throws CORE_RECORD_TOO_LARGE when the payload does not fit, or the sequence number has come to its end.
 */
export function encodeRecord(kind: RecordKind, sequence: number, payload: Uint8Array): Buffer {
  if (payload.length > recordFormat.maximumPayloadBytes || !(sequence >= 1 && sequence <= 0xffff_ffff)) {
    throw coreErrors.CORE_RECORD_TOO_LARGE({
      tried: `encode a ${kind} record`,
      expected: `at most ${recordFormat.maximumPayloadBytes} bytes, sequence number 1 to ${0xffff_ffff}`,
      got: `${payload.length} bytes, sequence number ${sequence}`,
    });
  }
  const sector = Buffer.alloc(sectorBytes);
  sector.write(recordFormat.magic, 0, 'latin1');
  sector.writeUInt16LE(recordFormat.version, 8);
  sector.writeUInt16LE(recordKindNumbers[kind], 10);
  sector.writeUInt32LE(sequence, 12);
  sector.writeUInt32LE(payload.length, 16);
  sector.set(payload, recordFormat.payloadOffsetBytes);
  sector.writeUInt32LE(checksum(sector), recordFormat.checksumOffsetBytes);
  return sector;
}

/** Reads one sector; never throws, since a damaged copy is an answer. */
export function decodeRecord(kind: RecordKind, sector: Buffer): RecordCopy {
  if (sector.every((byte) => byte === 0)) return { state: 'zero' };
  const damage = findDamage(kind, sector);
  if (damage !== undefined) return { state: 'damaged', reason: damage, unfinished: isUnfinished(sector) };
  const start = recordFormat.payloadOffsetBytes;
  const payload = Buffer.from(sector.subarray(start, start + sector.readUInt32LE(16)));
  return { state: 'valid', sequence: sector.readUInt32LE(12), payload };
}

function findDamage(kind: RecordKind, sector: Buffer): string | undefined {
  if (sector.toString('latin1', 0, 8) !== recordFormat.magic) return 'no magic';
  if (sector.readUInt32LE(recordFormat.checksumOffsetBytes) !== checksum(sector)) return 'wrong checksum';
  if (sector.readUInt16LE(8) !== recordFormat.version) return `unknown version ${sector.readUInt16LE(8)}`;
  if (sector.readUInt16LE(10) !== recordKindNumbers[kind]) return `kind ${sector.readUInt16LE(10)}`;
  if (sector.readUInt32LE(12) === 0) return 'sequence number 0';
  if (sector.readUInt32LE(16) > recordFormat.maximumPayloadBytes) return 'impossible length';
  return undefined;
}

function checksum(sector: Buffer): number {
  return crc32(sector.subarray(0, recordFormat.checksumOffsetBytes));
}

/**
 * Whether the sector can be what a power cut left of writing a record over zeros (its beginning, then zeros), or of
 * writing zeros over a record (zeros, then its end). With nothing but zeros in the other copies, such a sector
 * says that there is no record yet, or no longer.
 */
function isUnfinished(sector: Buffer): boolean {
  if (sector[0] === 0) return true;
  const magic = sector.subarray(0, 8);
  const expectedMagic = Buffer.from(recordFormat.magic, 'latin1');
  const written = lengthWithoutTrailingZeros(magic);
  if (!magic.subarray(0, written).equals(expectedMagic.subarray(0, written))) return false;
  const stored = sector.subarray(recordFormat.checksumOffsetBytes);
  const expected = Buffer.alloc(4);
  expected.writeUInt32LE(checksum(sector));
  // A checksum that is right belongs to a sector that was written whole: of a later version, or of another kind.
  if (stored.equals(expected)) return false;
  const storedLength = lengthWithoutTrailingZeros(stored);
  return stored.subarray(0, storedLength).equals(expected.subarray(0, storedLength));
}

function lengthWithoutTrailingZeros(bytes: Buffer): number {
  return bytes.findLastIndex((byte) => byte !== 0) + 1;
}
