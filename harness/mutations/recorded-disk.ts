import type { FileHandle } from 'node:fs/promises';
import type { DiskAccess, OpenDisk } from '../../core/script/steps/hardware/disk-access.ts';
import { sectorBytes } from '../../foundation/index.ts';
import type { Acknowledgement } from '../explorer/acknowledgements.ts';
import { SyntheticLog } from '../explorer/synthetic-log.ts';

/** A disk in memory that the core writes to; what it was told is a log for the explorer. */
export class RecordedDisk {
  readonly acknowledgements: Acknowledgement[] = [];
  readonly #content: Buffer;
  readonly #log = new SyntheticLog();

  constructor(base: Buffer) {
    this.#content = Buffer.from(base);
  }

  /** For what opens disks by their devices: whatever it names, it is this one. */
  readonly open: OpenDisk = async () => this.access;

  readonly access: DiskAccess = {
    read: async (buffer, positionBytes) => this.#content.copy(buffer, 0, positionBytes),
    write: async (bytes, positionBytes) => this.#write(bytes, positionBytes),
    sync: async () => void this.#log.flush(),
    [Symbol.asyncDispose]: async () => {},
  };

  /** For what takes a handle of Node. Whatever is still in a page cache counts as written and not flushed. */
  get handle(): FileHandle {
    const handle = {
      read: async (buffer: Buffer, offset: number, length: number, positionBytes: number) => {
        const bytesRead = this.#content.copy(buffer, offset, positionBytes, positionBytes + length);
        return { bytesRead, buffer };
      },
      write: async (bytes: Buffer, offset: number, length: number, positionBytes: number) => {
        this.#write(bytes.subarray(offset, offset + length), positionBytes);
        return { bytesWritten: length, buffer: bytes };
      },
      sync: async () => void this.#log.flush(),
    };
    return handle as unknown as FileHandle;
  }

  /** The core has returned, and with that has promised something. */
  acknowledge(label: string): void {
    this.acknowledgements.push({ position: this.log.length, label });
  }

  /** The log, as QEMU writes it. */
  get log(): Buffer {
    return this.#log.toBuffer();
  }

  #write(bytes: Buffer, positionBytes: number): void {
    this.#log.write(positionBytes / sectorBytes, Buffer.from(bytes));
    bytes.copy(this.#content, positionBytes);
  }
}
