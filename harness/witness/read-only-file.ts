import { type FileHandle, open, readFile } from 'node:fs/promises';
import { errorMessage } from '../../foundation/index.ts';
import { dataExtents, type Extent } from './data-extents.ts';
import { witnessErrors } from './errors.ts';

/** A stretch of a file: bytes, or a hole that reads as zeros and takes no time. */
export type Chunk =
  | { offsetBytes: number; lengthBytes: number; bytes: Buffer }
  | { offsetBytes: number; lengthBytes: number; bytes: null };

const chunkBytes = 1024 ** 2;

/**
 * An image file or block device, opened for reading only: there is no way to write through it. It notices when
 * somebody else writes to the file meanwhile, so that no answer is put together from two states of a disk.
 */
export class ReadOnlyFile implements AsyncDisposable {
  readonly path: string;
  readonly sizeBytes: number;
  readonly #handle: FileHandle;
  readonly #isDevice: boolean;
  /** Size and times at the moment of opening; devices have no time of change. */
  readonly #state: string;
  /** Start and length in turns: a million extents are 16 MB. */
  #dataExtents: Promise<number[]> | undefined;

  private constructor(path: string, handle: FileHandle, sizeBytes: number, isDevice: boolean, state: string) {
    this.path = path;
    this.#handle = handle;
    this.sizeBytes = sizeBytes;
    this.#isDevice = isDevice;
    this.#state = state;
  }

  /** @throws WITNESS_DISK_UNREADABLE */
  static async open(path: string): Promise<ReadOnlyFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'r');
      const facts = await handle.stat({ bigint: true });
      if (facts.isFile()) {
        return new ReadOnlyFile(path, handle, Number(facts.size), false, await stateOf(handle));
      }
      if (!facts.isBlockDevice()) throw new Error('it is neither a file nor a block device');
      return new ReadOnlyFile(path, handle, await deviceSizeBytes(facts.rdev), true, '');
    } catch (error) {
      await handle?.close();
      throw witnessErrors.WITNESS_DISK_UNREADABLE({ tried: `open ${path}`, got: errorMessage(error) }, error);
    }
  }

  /** Bytes at an offset. The range has to lie within the file. */
  async read(offsetBytes: number, lengthBytes: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(lengthBytes);
    await this.readInto(bytes, offsetBytes);
    return bytes;
  }

  /** The same, into memory that is there. */
  async readInto(bytes: Buffer, offsetBytes: number): Promise<void> {
    await this.assertUnchanged();
    await this.#fill(bytes, offsetBytes);
  }

  /**
   * Walks over a range in order, in chunks of at most a mebibyte; holes come as one chunk each. The buffer is
   * used again for the next chunk, so memory stays flat.
   */
  async *chunks(offsetBytes: number, lengthBytes: number): AsyncGenerator<Chunk> {
    const end = offsetBytes + lengthBytes;
    const memory = Buffer.allocUnsafe(Math.min(chunkBytes, lengthBytes));
    await this.assertUnchanged();
    let at = offsetBytes;
    const extents = await this.#data();
    for (let index = 0; index < extents.length; index += 2) {
      const [start, length] = [extents[index]!, extents[index + 1]!];
      if (start + length <= at) continue;
      const dataStart = Math.min(Math.max(start, at), end);
      if (dataStart > at) yield { offsetBytes: at, lengthBytes: dataStart - at, bytes: null };
      at = dataStart;
      const dataEnd = Math.min(start + length, end);
      while (at < dataEnd) {
        const bytes = memory.subarray(0, Math.min(chunkBytes, dataEnd - at));
        await this.#fill(bytes, at);
        yield { offsetBytes: at, lengthBytes: bytes.length, bytes };
        at += bytes.length;
      }
      if (at >= end) break;
    }
    if (at < end) yield { offsetBytes: at, lengthBytes: end - at, bytes: null };
    await this.assertUnchanged();
  }

  /** Where it has data, in order, asked anew; what lies between reads as zeros. Of a device everything is data. */
  async *dataExtents(signal?: AbortSignal): AsyncGenerator<Extent> {
    if (this.#isDevice) yield { start: 0, length: this.sizeBytes };
    else yield* dataExtents(this.path, signal);
  }

  /** @throws WITNESS_DISK_CHANGED when the file was written to since it was opened. */
  async assertUnchanged(): Promise<void> {
    if (this.#isDevice || (await stateOf(this.#handle)) === this.#state) return;
    throw witnessErrors.WITNESS_DISK_CHANGED({ tried: `look at ${this.path}` });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  async #fill(bytes: Buffer, offsetBytes: number): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await this.#handle.read(bytes, done, bytes.length - done, offsetBytes + done);
      if (bytesRead === 0) {
        throw witnessErrors.WITNESS_DISK_UNREADABLE({
          tried: `read ${bytes.length} bytes at ${offsetBytes} of ${this.path}`,
          got: `its end after ${done} bytes`,
        });
      }
      done += bytesRead;
    }
  }

  #data(): Promise<number[]> {
    this.#dataExtents ??= flatExtents(this.dataExtents());
    return this.#dataExtents;
  }
}

async function stateOf(handle: FileHandle): Promise<string> {
  const { size, mtimeNs } = await handle.stat({ bigint: true });
  return `${size} ${mtimeNs}`;
}

/** The kernel tells a device's size in units of 512 bytes, whatever its sectors are. */
async function deviceSizeBytes(deviceNumber: bigint): Promise<number> {
  const major = ((deviceNumber >> 8n) & 0xfffn) | ((deviceNumber >> 32n) & ~0xfffn);
  const minor = (deviceNumber & 0xffn) | ((deviceNumber >> 12n) & ~0xffn);
  return Number(await readFile(`/sys/dev/block/${major}:${minor}/size`, 'utf8')) * 512;
}

async function flatExtents(extents: AsyncIterable<Extent>): Promise<number[]> {
  const flat: number[] = [];
  for await (const { start, length } of extents) flat.push(start, length);
  return flat;
}
