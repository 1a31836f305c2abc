import { constants, type FileHandle, open } from 'node:fs/promises';
import { durably, sectorBytes } from '../../foundation/index.ts';
import { coreErrors } from '../errors.ts';
import { decodeRecord, encodeRecord, type RecordCopy, type RecordKind } from './record-format.ts';

/** Where a record lies: one absolute sector per copy. */
export interface RecordSlot {
  kind: RecordKind;
  sectors: readonly number[];
}

/** How a payload becomes bytes; `decode` throws on bytes that it does not know. */
export interface PayloadCodec<Payload> {
  encode(payload: Payload): Uint8Array;
  decode(bytes: Buffer): Payload;
}

export type RecordReading<Payload> =
  | { state: 'null'; copies: RecordCopy[] }
  | { state: 'valid'; payload: Payload; sequence: number; copies: RecordCopy[] }
  | { state: 'damaged'; copies: RecordCopy[] };

/**
 * One raw record on a disk or in a disk's image: two or more copies, of which the one with the highest sequence
 * number counts (spec M3, M4; design 14). A write goes to the copy that is worth least first and to the next only
 * after an fsync, so that a power cut at any byte leaves the old or the new record, and every finished write leaves
 * all copies good.
 */
export class RecordStore<Payload> {
  readonly slot: RecordSlot;
  readonly #file: FileHandle;
  readonly #place: string;
  readonly #ownsFile: boolean;
  readonly #codec: PayloadCodec<Payload>;

  private constructor(
    file: FileHandle,
    slot: RecordSlot,
    codec: PayloadCodec<Payload>,
    opened: { place: string; ownsFile: boolean },
  ) {
    this.#file = file;
    this.slot = slot;
    this.#codec = codec;
    this.#place = opened.place;
    this.#ownsFile = opened.ownsFile;
  }

  /** Opens a record on a path (which it closes again) or on a handle (which stays the caller's). */
  static async open<Payload>(
    disk: string | FileHandle,
    slot: RecordSlot,
    codec: PayloadCodec<Payload>,
    { readOnly = false } = {},
  ): Promise<RecordStore<Payload>> {
    if (typeof disk !== 'string') {
      return new RecordStore(disk, slot, codec, { place: 'disk', ownsFile: false });
    }
    const flags = readOnly ? constants.O_RDONLY : constants.O_RDWR;
    return new RecordStore(await open(disk, flags), slot, codec, { place: disk, ownsFile: true });
  }

  /**
   * The record's payload, or null when there is none.
   *
   * @throws CORE_RECORD_DAMAGED when no copy is valid and they are not simply empty.
   */
  async read(): Promise<Payload | null> {
    const reading = await this.inspect();
    if (reading.state === 'null') return null;
    if (reading.state === 'valid') return reading.payload;
    throw coreErrors.CORE_RECORD_DAMAGED({
      tried: `read the ${this.slot.kind} record`,
      where: `${this.#place}, sectors ${this.slot.sectors.join(', ')}`,
      expected: 'at least one copy with magic and checksum, or zeros only',
      got: reading.copies.map(describeCopy).join('; '),
    });
  }

  /** Reads every copy and says what they amount to; changes nothing and throws only when the disk does. */
  async inspect(): Promise<RecordReading<Payload>> {
    const copies = await this.#readCopies();
    const newest = findNewest(copies);
    if (newest !== undefined) {
      const payload = this.#codec.decode(newest.payload);
      return { state: 'valid', payload, sequence: newest.sequence, copies };
    }
    const damaged = copies.filter((copy) => copy.state === 'damaged');
    const isNull = damaged.length === 0 || (damaged.length === 1 && damaged[0]!.unfinished);
    return { state: isNull ? 'null' : 'damaged', copies };
  }

  /** Writes the record to all copies, the least valuable first, each durable before the next. */
  async write(payload: Payload): Promise<void> {
    const copies = await this.#readCopies();
    const sequence = (findNewest(copies)?.sequence ?? 0) + 1;
    const sector = encodeRecord(this.slot.kind, sequence, this.#codec.encode(payload));
    for (const index of leastValuableFirst(copies)) await this.#writeCopy(index, sector);
  }

  /** Makes the record null again, by writing zeros into every copy. */
  async erase(): Promise<void> {
    const order = leastValuableFirst(await this.#readCopies());
    for (const index of order) await this.#writeCopy(index, Buffer.alloc(sectorBytes));
  }

  /** Rewrites copies that are damaged or empty while another is valid; returns how many. */
  async heal(): Promise<number> {
    const copies = await this.#readCopies();
    const newest = findNewest(copies);
    if (newest === undefined) return 0;
    const sector = encodeRecord(this.slot.kind, newest.sequence, newest.payload);
    let healed = 0;
    for (const [index, copy] of copies.entries()) {
      if (copy.state === 'valid') continue;
      await this.#writeCopy(index, sector);
      healed += 1;
    }
    return healed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ownsFile) await this.#file.close();
  }

  async #readCopies(): Promise<RecordCopy[]> {
    const copies: RecordCopy[] = [];
    for (const sector of this.slot.sectors) copies.push(await this.#readCopy(sector));
    return copies;
  }

  async #readCopy(sector: number): Promise<RecordCopy> {
    const bytes = Buffer.alloc(sectorBytes);
    try {
      const { bytesRead } = await this.#file.read(bytes, 0, sectorBytes, sector * sectorBytes);
      if (bytesRead !== sectorBytes) return unreadable('beyond the end of the disk');
    } catch (error) {
      return unreadable(error instanceof Error ? error.message : String(error));
    }
    const copy = decodeRecord(this.slot.kind, bytes);
    return copy.state === 'valid' ? this.#checkPayload(copy) : copy;
  }

  #checkPayload(copy: Extract<RecordCopy, { state: 'valid' }>): RecordCopy {
    try {
      this.#codec.decode(copy.payload);
      return copy;
    } catch (error) {
      const reason = `payload: ${error instanceof Error ? error.message : String(error)}`;
      return { state: 'damaged', reason, unfinished: false };
    }
  }

  async #writeCopy(index: number, bytes: Buffer): Promise<void> {
    const offsetBytes = this.slot.sectors[index]! * sectorBytes;
    await this.#file.write(bytes, 0, sectorBytes, offsetBytes);
    await durably('record-store.copy', () => this.#file.sync());
    const written = Buffer.alloc(sectorBytes);
    await this.#file.read(written, 0, sectorBytes, offsetBytes);
    if (written.equals(bytes)) return;
    throw coreErrors.CORE_RECORD_NOT_WRITTEN({
      tried: `write the ${this.slot.kind} record`,
      where: `${this.#place}, sector ${this.slot.sectors[index]}`,
      expected: 'to read back what was written',
      got: 'other bytes',
    });
  }
}

function findNewest(copies: readonly RecordCopy[]): Extract<RecordCopy, { state: 'valid' }> | undefined {
  let newest: Extract<RecordCopy, { state: 'valid' }> | undefined;
  for (const copy of copies) {
    if (copy.state === 'valid' && copy.sequence > (newest?.sequence ?? 0)) newest = copy;
  }
  return newest;
}

/** Damaged and empty copies first, then the valid ones from the oldest to the newest. */
function leastValuableFirst(copies: readonly RecordCopy[]): number[] {
  const worth = (copy: RecordCopy) => (copy.state === 'valid' ? copy.sequence : 0);
  return [...copies.keys()].sort((a, b) => worth(copies[a]!) - worth(copies[b]!));
}

function unreadable(reason: string): RecordCopy {
  return { state: 'damaged', reason: `unreadable, ${reason}`, unfinished: false };
}

function describeCopy(copy: RecordCopy): string {
  if (copy.state === 'valid') return `sequence number ${copy.sequence}`;
  return copy.state === 'zero' ? 'zeros' : copy.reason;
}
