import { crc32 } from 'node:zlib';
import { type RecordKind, recordKindNumbers } from './layout-text.ts';

/** What one sector holds, by docs/layouts.md, "Raw records". */
export type RecordCopy =
  | { state: 'zero' }
  | { state: 'valid'; sequence: number; value: RecordValue }
  /** What a cut leaves of the very first write, or of an erasure. */
  | { state: 'torn'; reason: string }
  | { state: 'damaged'; reason: string };

/** The payload: of boot-control these three, of the other kinds a JSON object. */
export type RecordValue = BootControlValue | { [key: string]: unknown };

/** What boot control says: which system is started next, and how often in a row it has been tried (docs/layouts.md). */
export interface BootControlValue {
  target: 'primary' | 'emergency';
  attempts: number;
  attemptLimit: number;
}

const magic = Buffer.from('ASSAYREC', 'latin1');
const payloadStart = 20;
const payloadLimitBytes = 488;
const checksumStart = 508;

/** Judges one sector of 512 bytes; never throws, since damage is an answer. */
export function judgeRecordCopy(kind: RecordKind, sector: Buffer): RecordCopy {
  if (sector.every((byte) => byte === 0)) return { state: 'zero' };
  const judged = decode(kind, sector);
  if (typeof judged !== 'string') return { state: 'valid', ...judged };
  return { state: isTorn(sector) ? 'torn' : 'damaged', reason: judged };
}

/** The record in the sector, or why there is none. */
function decode(kind: RecordKind, sector: Buffer): { sequence: number; value: RecordValue } | string {
  const stored = sector.readUInt32LE(checksumStart);
  const [version, kindNumber] = [sector.readUInt16LE(8), sector.readUInt16LE(10)];
  const [sequence, lengthBytes] = [sector.readUInt32LE(12), sector.readUInt32LE(16)];
  if (!sector.subarray(0, 8).equals(magic)) return 'the magic is wrong';
  if (stored !== crc32(sector.subarray(0, checksumStart))) return 'the checksum is wrong';
  if (version !== 1) return `the version is ${version}`;
  if (kindNumber !== recordKindNumbers[kind]) return `the kind is ${kindNumber}`;
  if (sequence === 0) return 'the sequence number is zero';
  if (lengthBytes > payloadLimitBytes) return `the payload is said to have ${lengthBytes} bytes`;
  const payload = sector.subarray(payloadStart, payloadStart + lengthBytes);
  const value = kind === 'boot-control' ? readBootControl(payload) : readObject(payload);
  return typeof value === 'string' ? value : { sequence, value };
}

function readBootControl(payload: Buffer): BootControlValue | string {
  const [targetNumber, attempts, attemptLimit, reserved] = payload;
  if (payload.length !== 4 || reserved !== 0) return 'the payload is no boot control';
  if (targetNumber !== 1 && targetNumber !== 2) return `the target is ${targetNumber}`;
  if (attemptLimit === 0) return 'the attempt limit is zero';
  return {
    target: targetNumber === 1 ? 'primary' : 'emergency',
    attempts: attempts!,
    attemptLimit: attemptLimit!,
  };
}

function readObject(payload: Buffer): { [key: string]: unknown } | string {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? value : 'the payload is no JSON object';
  } catch {
    return 'the payload is no JSON in UTF-8';
  }
}

/**
 * Begins with a zero, or with the start of the magic and a checksum of which only the start, or nothing, is there. Where
 * the checksum is whole and right nothing was cut: such a sector says something that cannot be read, a newer version
 * for example, and must not pass for null.
 */
function isTorn(sector: Buffer): boolean {
  if (sector[0] === 0) return true;
  const rightChecksum = Buffer.alloc(4);
  rightChecksum.writeUInt32LE(crc32(sector.subarray(0, checksumStart)));
  const checksum = sector.subarray(checksumStart);
  if (checksum.equals(rightChecksum)) return false;
  return isBeginningOf(magic, sector.subarray(0, 8)) && isBeginningOf(rightChecksum, checksum);
}

/** Whether the bytes are as much of `whole` as was written, and zeros after that. */
function isBeginningOf(whole: Buffer, bytes: Buffer): boolean {
  const written = bytes.findLastIndex((byte) => byte !== 0) + 1;
  return bytes.subarray(0, written).equals(whole.subarray(0, written));
}
