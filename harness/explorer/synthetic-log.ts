import { sectorBytes } from '../../foundation/index.ts';

const magic = 0x6a736677736872n;
const flags = { flush: 1, fua: 2, discard: 4 };

/** Writes a log as QEMU's blklogwrites does, without a machine: for tests and measurements. */
export class SyntheticLog {
  readonly #parts: Buffer[] = [];
  #entryCount = 0;

  /** How many entries it has. */
  get entryCount(): number {
    return this.#entryCount;
  }

  /** Data of whole sectors; `isFua` when it is durable by itself. */
  write(firstSector: number, data: Buffer, { isFua = false, isFlush = false } = {}): this {
    const given = (isFua ? flags.fua : 0) + (isFlush ? flags.flush : 0);
    return this.#add(firstSector, data.length / sectorBytes, given, data);
  }

  /** Everything before it is durable. */
  flush(): this {
    return this.#add(0, 0, flags.flush);
  }

  discard(firstSector: number, sectorCount: number): this {
    return this.#add(firstSector, sectorCount, flags.discard);
  }

  /** The log's bytes. */
  toBuffer(): Buffer {
    const header = Buffer.alloc(sectorBytes);
    header.writeBigUInt64LE(magic, 0);
    header.writeBigUInt64LE(1n, 8);
    header.writeBigUInt64LE(BigInt(this.#entryCount), 16);
    header.writeUInt32LE(sectorBytes, 24);
    return Buffer.concat([header, ...this.#parts]);
  }

  #add(firstSector: number, sectorCount: number, entryFlags: number, data: Buffer = Buffer.alloc(0)): this {
    const header = Buffer.alloc(sectorBytes);
    header.writeBigUInt64LE(BigInt(firstSector), 0);
    header.writeBigUInt64LE(BigInt(sectorCount), 8);
    header.writeBigUInt64LE(BigInt(entryFlags), 16);
    this.#parts.push(header, data);
    this.#entryCount += 1;
    return this;
  }
}
