import { sectorBytes } from '../../foundation/index.ts';

/** "shrwgsj" backwards: what a log of Linux's dm-log-writes, and of QEMU's blklogwrites, begins with. */
const magic = 0x6a736677736872n;
const version = 1n;

/** Bits of an entry's flags (Linux, drivers/md/dm-log-writes.c). */
export const entryFlags = { flush: 1, fua: 2, discard: 4, mark: 8, metadata: 16 };
const knownFlags = 31;

/** The first sector of a log. */
export interface WriteLogHeader {
  /** What QEMU last wrote there, which is at a flush: the log may have more entries. */
  entryCount: number;
  sectorBytes: number;
}

/** An entry's first sector; places in bytes of the log, sectors of 512 bytes of the disk. */
export interface WriteLogEntry {
  /** Counted from 0. */
  index: number;
  firstSector: number;
  sectorCount: number;
  /** Everything that was written before it is durable. It may come with a write, which comes after the flush. */
  isFlush: boolean;
  /** Durable by itself. */
  isFua: boolean;
  /** The sectors are given up: they read as zeros; there is no data in the log. */
  isDiscard: boolean;
  /** Says something to whoever reads the log, and changes nothing. */
  isMark: boolean;
  /** Where its data begins in the log; a discard has none. */
  dataOffsetBytes: number;
  /** Where the next entry begins. */
  endOffsetBytes: number;
}

/** The bytes of a log that has no entries yet. */
export function emptyWriteLog(): Buffer {
  const bytes = Buffer.alloc(sectorBytes);
  bytes.writeBigUInt64LE(magic, 0);
  bytes.writeBigUInt64LE(version, 8);
  bytes.writeUInt32LE(sectorBytes, 24);
  return bytes;
}

/** The header of a log, or in words why it is none. */
export function decodeHeader(bytes: Buffer): WriteLogHeader | string {
  if (bytes.length < sectorBytes) return `${bytes.length} bytes`;
  if (bytes.readBigUInt64LE(0) !== magic) return `${bytes.subarray(0, 8).toString('hex')} where the magic is`;
  if (bytes.readBigUInt64LE(8) !== version) return `version ${bytes.readBigUInt64LE(8)}`;
  const header = { entryCount: Number(bytes.readBigUInt64LE(16)), sectorBytes: bytes.readUInt32LE(24) };
  return header.sectorBytes === sectorBytes ? header : `sectors of ${header.sectorBytes} bytes`;
}

/** An entry from its first sector, or in words why it is none. */
export function decodeEntry(bytes: Buffer, index: number, offsetBytes: number): WriteLogEntry | string {
  const [firstSector, sectorCount, flags, dataBytes] = [0, 8, 16, 24].map((at) =>
    Number(bytes.readBigUInt64LE(at)),
  ) as [number, number, number, number];
  if (flags > knownFlags) return `flags ${flags}`;
  if (!Number.isSafeInteger((firstSector + sectorCount) * sectorBytes)) {
    return `${sectorCount} sectors at ${firstSector}`;
  }
  // The text of a mark is padded to whole sectors, as everything is.
  const isMark = (flags & entryFlags.mark) !== 0;
  const isDiscard = (flags & entryFlags.discard) !== 0;
  const storedBytes = isMark
    ? Math.ceil(dataBytes / sectorBytes) * sectorBytes
    : isDiscard
      ? 0
      : sectorCount * sectorBytes;
  if (!isMark && dataBytes !== 0) return `${dataBytes} bytes of data that no mark has`;
  const dataOffsetBytes = offsetBytes + sectorBytes;
  return {
    index,
    firstSector,
    sectorCount,
    isFlush: (flags & entryFlags.flush) !== 0,
    isFua: (flags & entryFlags.fua) !== 0,
    isDiscard,
    isMark,
    dataOffsetBytes,
    endOffsetBytes: dataOffsetBytes + storedBytes,
  };
}

/**
 * Whether an entry's first sector was never written. QEMU gives each entry its place before it writes it, so that of
 * several at once a later one may be in the log when QEMU is killed and the one before it not.
 */
export function isHole(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
