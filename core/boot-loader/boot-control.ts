import type { FileHandle } from 'node:fs/promises';
import { coreErrors } from '../errors.ts';
import { type PayloadCodec, type RecordReading, type RecordSlot, RecordStore } from '../records/index.ts';

/** Which operating system a start is meant for. */
export type BootTarget = 'primary' | 'emergency';

/**
 * What seed 000 calls editing boot.ini: the record by which the master boot record chooses the system partition.
 */
export interface BootControl {
  target: BootTarget;
  /** Starts of the primary since somebody last said that it is well. */
  attempts: number;
  /** The primary is not started again once `attempts` has reached this. */
  attemptLimit: number;
}

const targetNumbers: Record<BootTarget, number> = { primary: 1, emergency: 2 };
const payloadBytes = 4;

/**
 * The payload, at offset 20 of the sector; master-boot-record.S reads the same bytes.
 *
 * | offset | field |
 * |---|---|
 * | 20 | target: 1 primary, 2 emergency |
 * | 21 | attempts |
 * | 22 | attempt limit, 1 to 255 |
 * | 23 | zero |
 */
export const bootControlCodec: PayloadCodec<BootControl> = {
  encode({ target, attempts, attemptLimit }) {
    const valid = target in targetNumbers && isByte(attempts) && isByte(attemptLimit) && attemptLimit > 0;
    if (!valid) {
      throw coreErrors.CORE_BOOT_CONTROL_INVALID({
        tried: 'write the boot control record',
        got: JSON.stringify({ target, attempts, attemptLimit }),
      });
    }
    return Uint8Array.of(targetNumbers[target], attempts, attemptLimit, 0);
  },
  decode(bytes) {
    const [targetNumber, attempts = 0, attemptLimit = 0, reserved] = bytes;
    const target = (['primary', 'emergency'] as const).find((name) => targetNumbers[name] === targetNumber);
    if (bytes.length !== payloadBytes || target === undefined || attemptLimit === 0 || reserved !== 0) {
      throw new Error('not a boot control record');
    }
    return { target, attempts, attemptLimit };
  },
};

/**
 * The boot control record on a disk (spec M5, M10). Two parties write it: this class, and the master boot record,
 * which counts an attempt before it starts the primary.
 *
 * The protocol that keeps it whole at every power cut:
 * - There are two copies; the valid one with the highest sequence number counts.
 * - The master boot record writes one sector a start: the older copy, with the next sequence number. Torn, it is
 *   invalid and the other copy still holds the count before; an attempt is then uncounted, never a record lost.
 * - This class writes the older copy, flushes, then the other copy with the same content. Afterwards both agree.
 * - When no copy is valid the master boot record starts the emergency system, which can write a new record.
 */
export class BootControlStore {
  readonly #record: RecordStore<BootControl>;

  private constructor(record: RecordStore<BootControl>) {
    this.#record = record;
  }

  /** Opens the record on a disk's path or on an open handle. */
  static async open(
    disk: string | FileHandle,
    slot: RecordSlot,
    options?: { readOnly?: boolean },
  ): Promise<BootControlStore> {
    return new BootControlStore(await RecordStore.open(disk, slot, bootControlCodec, options));
  }

  /** The record; null when it was never written. @throws CORE_RECORD_DAMAGED */
  async read(): Promise<BootControl | null> {
    return await this.#record.read();
  }

  /** Every copy as it is; never throws for damage. */
  async inspect(): Promise<RecordReading<BootControl>> {
    return await this.#record.inspect();
  }

  /** Writes the whole record, whatever was there: the factory, and an emergency system that found it damaged. */
  async reset(control: BootControl): Promise<void> {
    await this.#record.write(control);
  }

  /** Which system the next start is for. Choosing the primary forgets its failed attempts. */
  async setTarget(target: BootTarget): Promise<void> {
    await this.#change((control) => ({
      ...control,
      target,
      attempts: target === 'primary' ? 0 : control.attempts,
    }));
  }

  /** The primary is well: the next start begins to count again. Writes nothing when there is nothing to forget. */
  async clearAttempts(): Promise<void> {
    await this.#change((control) => ({ ...control, attempts: 0 }));
  }

  /** How many starts of the primary may fail in a row, 1 to 255. */
  async setLimit(attemptLimit: number): Promise<void> {
    await this.#change((control) => ({ ...control, attemptLimit }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#record[Symbol.asyncDispose]();
  }

  async #change(change: (control: BootControl) => BootControl): Promise<void> {
    const control = await this.read();
    if (control === null) {
      throw coreErrors.CORE_BOOT_CONTROL_INVALID({
        tried: 'change the boot control record',
        got: 'no record',
        remedy: 'write a whole one first, with reset()',
      });
    }
    const changed = change(control);
    const same =
      changed.target === control.target &&
      changed.attempts === control.attempts &&
      changed.attemptLimit === control.attemptLimit;
    if (!same) await this.#record.write(changed);
  }
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 255;
}
