import { type FileHandle, open } from 'node:fs/promises';
import { errorMessage, sectorBytes } from '../../foundation/index.ts';
import { vmErrors } from '../errors.ts';
import {
  decodeEntry,
  decodeHeader,
  isHole,
  type WriteLogEntry,
  type WriteLogHeader,
} from './write-log-format.ts';

const readAheadBytes = 256 * 1024;

/**
 * Opens a log of writes as QEMU has recorded it (a disk with `writeLog: true`): `await using log = await
 * WriteLog.open(path)`. It may still be written to; what is there at the moment of reading is read.
 */
export class WriteLog implements AsyncDisposable {
  readonly path: string;
  readonly header: WriteLogHeader;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle, header: WriteLogHeader) {
    this.path = path;
    this.#file = file;
    this.header = header;
  }

  /** @throws VM_WRITE_LOG_CORRUPT when it does not begin as a log does. */
  static async open(path: string): Promise<WriteLog> {
    const file = await open(path, 'r').catch((error) => {
      throw vmErrors.VM_WRITE_LOG_CORRUPT({
        tried: 'open the write log',
        where: path,
        got: errorMessage(error),
      });
    });
    const bytes = Buffer.alloc(sectorBytes);
    const { bytesRead } = await file.read(bytes, 0, sectorBytes, 0);
    const header = decodeHeader(bytes.subarray(0, bytesRead));
    if (typeof header !== 'string') return new WriteLog(path, file, header);
    await file.close();
    throw vmErrors.VM_WRITE_LOG_CORRUPT({
      tried: 'read the first sector of the write log',
      where: path,
      expected: 'the magic of dm-log-writes, version 1, sectors of 512 bytes',
      got: header,
    });
  }

  /**
   * Its entries in the order in which they reached the disk. What QEMU was killed in the middle of ends the log: the
   * guest was not told that it is written.
   *
   * @throws VM_WRITE_LOG_CORRUPT for an entry that QEMU does not write, or fewer of them than the first sector tells.
   */
  async *entries(): AsyncGenerator<WriteLogEntry> {
    const { size } = await this.#file.stat();
    let window = Buffer.alloc(0);
    let windowStart = 0;
    let index = 0;
    for (let offset = sectorBytes; offset + sectorBytes <= size; index += 1) {
      const isInWindow = offset >= windowStart && offset + sectorBytes <= windowStart + window.length;
      if (!isInWindow) {
        window = await this.#readAhead(offset);
        windowStart = offset;
      }
      const bytes = window.subarray(offset - windowStart, offset - windowStart + sectorBytes);
      if (isHole(bytes)) return;
      const entry = decodeEntry(bytes, index, offset);
      if (typeof entry === 'string') throw this.#corrupt(index, offset, entry);
      if (entry.endOffsetBytes > size) break;
      yield entry;
      offset = entry.endOffsetBytes;
    }
    if (index >= this.header.entryCount) return;
    throw this.#corrupt(
      index,
      size,
      `the end, though its first sector tells of ${this.header.entryCount} entries`,
    );
  }

  /** {@link entries}, all of them. */
  async readEntries(): Promise<WriteLogEntry[]> {
    const entries: WriteLogEntry[] = [];
    for await (const entry of this.entries()) entries.push(entry);
    return entries;
  }

  /** The data of an entry, or a part of it. */
  async readData(entry: WriteLogEntry, firstSector = 0, sectorCount = entry.sectorCount): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(sectorCount * sectorBytes);
    const from = entry.dataOffsetBytes + firstSector * sectorBytes;
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await this.#file.read(bytes, done, bytes.length - done, from + done);
      if (bytesRead === 0) throw this.#corrupt(entry.index, from + done, 'the end within its data');
      done += bytesRead;
    }
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  async #readAhead(offset: number): Promise<Buffer<ArrayBuffer>> {
    const bytes = Buffer.allocUnsafe(readAheadBytes);
    const { bytesRead } = await this.#file.read(bytes, 0, readAheadBytes, offset);
    return bytes.subarray(0, bytesRead);
  }

  #corrupt(index: number, offsetBytes: number, got: string): Error {
    return vmErrors.VM_WRITE_LOG_CORRUPT({
      tried: `read entry ${index} of the write log`,
      where: `${this.path}, byte ${offsetBytes}`,
      expected: 'an entry as QEMU writes it',
      got,
    });
  }
}
