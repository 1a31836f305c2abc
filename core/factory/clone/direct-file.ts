import { constants, type FileHandle, open, stat, statfs } from 'node:fs/promises';
import { runTool } from '../../../foundation/index.ts';
import { alignmentBytes, allocateAligned } from './aligned-memory.ts';

/**
 * How bytes are read back: `direct` by O_DIRECT; `cache-dropped` after fsync and posix_fadvise, where the file system
 * knows no O_DIRECT; `memory` where there is nothing behind the page cache (tmpfs).
 */
export type ReadBack = 'direct' | 'cache-dropped' | 'memory';

const memoryFileSystems = [0x01021994, 0x858458f6]; // tmpfs, ramfs

/**
 * A file or block device that is read and written past the page cache where that is possible, and buffered where it
 * is not. Positions are multiples of {@link alignmentBytes}, and buffers come from {@link allocateAligned}.
 */
export class DirectFile implements AsyncDisposable {
  readonly path: string;
  readonly readBack: ReadBack;
  readonly #file: FileHandle;
  readonly #flags: number;
  /** For the bytes behind the last whole alignment unit, which O_DIRECT does not take. */
  #buffered: FileHandle | undefined;

  private constructor(path: string, file: FileHandle, flags: number, readBack: ReadBack) {
    this.path = path;
    this.#file = file;
    this.#flags = flags;
    this.readBack = readBack;
  }

  /** @param flags of open(2), without O_DIRECT. */
  static async open(path: string, flags: number): Promise<DirectFile> {
    const file = await openDirect(path, flags);
    if (file === undefined) {
      return new DirectFile(path, await open(path, flags), flags, await bufferedReadBack(path));
    }
    const readBack = (await isInMemory(path)) ? 'memory' : 'direct';
    return new DirectFile(path, file, flags | constants.O_DIRECT, readBack);
  }

  get #isDirect(): boolean {
    return (this.#flags & constants.O_DIRECT) !== 0;
  }

  async stat() {
    return await this.#file.stat({ bigint: true });
  }

  /** Reads until `buffer` is full or the file is at its end; returns how many bytes. */
  async read(buffer: Buffer, positionBytes: number): Promise<number> {
    let filledBytes = 0;
    while (filledBytes < buffer.length) {
      const { bytesRead } = await this.#file.read(
        buffer,
        filledBytes,
        buffer.length - filledBytes,
        positionBytes + filledBytes,
      );
      filledBytes += bytesRead;
      // A read that ends off the grid has met the end of the file; O_DIRECT would refuse to look behind it.
      if (bytesRead === 0 || filledBytes % alignmentBytes !== 0) break;
    }
    return filledBytes;
  }

  /** Writes all bytes. What is behind the last whole alignment unit goes through the page cache. */
  async write(bytes: Buffer, positionBytes: number): Promise<void> {
    const tailBytes = this.#isDirect ? bytes.length % alignmentBytes : 0;
    const wholeBytes = bytes.length - tailBytes;
    await writeFully(this.#file, bytes.subarray(0, wholeBytes), positionBytes);
    if (tailBytes === 0) return;
    // By the descriptor, so that it is this file whatever its name is by now.
    this.#buffered ??= await open(`/proc/self/fd/${this.#file.fd}`, constants.O_WRONLY);
    await writeFully(this.#buffered, bytes.subarray(wholeBytes), positionBytes + wholeBytes);
  }

  /** Makes everything durable; afterwards reads come from the disk, however it was opened. */
  async sync(): Promise<void> {
    await this.#buffered?.sync();
    await this.#file.sync();
    const isDone = this.readBack === 'direct' && !(await this.#file.stat()).isFile();
    if (this.readBack === 'memory' || isDone) return;
    // Node has no posix_fadvise; this is dd's own way of asking for POSIX_FADV_DONTNEED on a whole file. It is done
    // after O_DIRECT, too, which some file systems accept and then go through the cache all the same (ext4 with
    // data=journal, btrfs with compression).
    await runTool('dd', [`if=${this.path}`, 'of=/dev/null', 'iflag=nocache', 'count=0', 'status=none']);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#buffered?.close();
    await this.#file.close();
  }
}

/** Undefined where O_DIRECT is not to be had, be it refused at the opening or at the first read. */
async function openDirect(path: string, flags: number): Promise<FileHandle | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, flags | constants.O_DIRECT);
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
  try {
    await file.read(allocateAligned(alignmentBytes), 0, alignmentBytes, 0);
    return file;
  } catch (error) {
    await file.close();
    if (isRefusal(error)) return undefined;
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EINVAL';
}

async function bufferedReadBack(path: string): Promise<ReadBack> {
  return (await isInMemory(path)) ? 'memory' : 'cache-dropped';
}

async function isInMemory(path: string): Promise<boolean> {
  // The node of a device may lie in memory; the device does not.
  return (await stat(path)).isFile() && memoryFileSystems.includes((await statfs(path)).type);
}

async function writeFully(file: FileHandle, bytes: Buffer, positionBytes: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(
      bytes,
      written,
      bytes.length - written,
      positionBytes + written,
    );
    written += bytesWritten;
  }
}
