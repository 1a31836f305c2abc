import { coreErrors } from '../errors.ts';
import { encodeRecord, type PayloadCodec } from '../records/index.ts';

/**
 * What the medium has decided for the next start of a disk (spec B1, B4): the record by which the medium's first stage
 * (medium-first-stage.S) chains to that disk's master boot record instead of starting the medium's own system. It counts
 * once: the first stage erases it before it starts anything.
 */
export interface NextStart {
  /** The active partition, 1 to 4, for the line on the console; the disk's own master boot record finds it by its flag. */
  partitionNumber: number;
  /** What is written to the watchdog's port just before the start ({@link watchdogValue}); null sets none going. */
  watchdog: number | null;
}

/**
 * Where the record lies, on every disk: no layout is known when it is looked for. One copy, since a torn record must
 * not count.
 */
export const nextStartSector = 16;

/** Stands for no watchdog; an IB700 knows 0 to 15. */
export const noWatchdog = 0xff;

export const nextStartPayloadBytes = 4;

/**
 * The payload, at offset 20 of the sector; medium-first-stage.S reads the same bytes.
 *
 * | offset | field |
 * |---|---|
 * | 20 | number of the active partition, 1 to 4 |
 * | 21 | value for the watchdog's port, 0 to 15; 255 for none |
 * | 22 | two zeros |
 */
export const nextStartCodec: PayloadCodec<NextStart> = {
  encode({ partitionNumber, watchdog }) {
    if (!isPartitionNumber(partitionNumber) || !(watchdog === null || isWatchdogValue(watchdog))) {
      throw coreErrors.CORE_NEXT_START_INVALID({
        tried: 'write the next-start record',
        expected: 'a primary partition, 1 to 4, and a watchdog value, 0 to 15 or none',
        got: JSON.stringify({ partitionNumber, watchdog }),
      });
    }
    return Uint8Array.of(partitionNumber, watchdog ?? noWatchdog, 0, 0);
  },
  decode(bytes) {
    const [partitionNumber = 0, value = 0] = bytes;
    const watchdog = value === noWatchdog ? null : value;
    const known =
      bytes.length === nextStartPayloadBytes &&
      isPartitionNumber(partitionNumber) &&
      (watchdog === null || isWatchdogValue(watchdog)) &&
      bytes[2] === 0 &&
      bytes[3] === 0;
    if (!known) throw new Error('not a next-start record');
    return { partitionNumber, watchdog };
  },
};

/**
 * The bytes of the record's sector.
 *
 * @param watchdog What is written to the watchdog's port just before the start; none without it.
 * @throws CORE_NEXT_START_INVALID for a partition that is no primary one, or a value that no watchdog knows.
 */
export function nextStartSectorBytes(options: { partitionNumber: number; watchdog?: number }): Buffer {
  const { partitionNumber, watchdog = null } = options;
  return encodeRecord('next-start', 1, nextStartCodec.encode({ partitionNumber, watchdog }));
}

function isPartitionNumber(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 4;
}

function isWatchdogValue(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 15;
}
