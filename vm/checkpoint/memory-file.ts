import { randomBytes } from 'node:crypto';
import { closeSync, fstatSync, ftruncateSync, openSync, unlinkSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { copySparse, errorMessage, formatSize } from '../../foundation/index.ts';
import { vmErrors } from '../errors.ts';

/** Memory of the host, as files. */
const sharedMemoryFolder = '/dev/shm';

/** What a full file system does to a machine is hard to tell from a fault: so much is left free. */
const sparedBytes = 16 * 1024 * 1024;

/** All of this process: what they may still take counts as taken. */
const openFiles = new Set<MemoryFile>();

/**
 * The memory of a machine as a file, which forks of the machine can map, too. It has no name: it goes with the runner
 * and the last QEMU that uses it, however they end, so nothing has to be swept.
 */
export class MemoryFile {
  readonly #descriptor: number;
  readonly #sizeBytes: number;

  private constructor(descriptor: number, sizeBytes: number) {
    this.#descriptor = descriptor;
    this.#sizeBytes = sizeBytes;
  }

  /**
   * Makes a file of zeros.
   *
   * @param machineName For errors.
   * @param folders Where it may lie: the first that has room for all of it.
   * @throws VM_CHECKPOINT_NO_ROOM when none has.
   */
  static async create(
    machineName: string,
    sizeBytes: number,
    folders: readonly string[],
  ): Promise<MemoryFile> {
    const refusals: string[] = [];
    for (const folder of [sharedMemoryFolder, ...folders]) {
      try {
        const freeBytes = await freeBytesIn(folder);
        if (freeBytes >= sizeBytes) return MemoryFile.#createIn(folder, sizeBytes);
        refusals.push(`${folder}: ${formatSize(Math.max(0, freeBytes))}`);
      } catch (error) {
        refusals.push(`${folder}: ${errorMessage(error)}`);
      }
    }
    throw vmErrors.VM_CHECKPOINT_NO_ROOM({
      tried: `make the memory of machine ${machineName} a file`,
      expected: `${formatSize(sizeBytes)} that are free`,
      got: refusals.join('; '),
    });
  }

  static #createIn(folder: string, sizeBytes: number): MemoryFile {
    const path = join(folder, `.assay-memory-${process.pid}-${randomBytes(6).toString('hex')}`);
    const descriptor = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    ftruncateSync(descriptor, sizeBytes);
    const file = new MemoryFile(descriptor, sizeBytes);
    openFiles.add(file);
    return file;
  }

  /** A path by which programs that this process has started can open it, as long as it is not closed. */
  get path(): string {
    return `/proc/${process.pid}/fd/${this.#descriptor}`;
  }

  /** What the machine has not used yet, and what the file system will have to give for it, in bytes. */
  get unclaimedBytes(): number {
    return Math.max(0, this.#sizeBytes - fstatSync(this.#descriptor).blocks * 512);
  }

  /** A file of its own with what is in it now; who has mapped it must not write meanwhile. @throws as {@link create} */
  async copy(machineName: string, folders: readonly string[]): Promise<MemoryFile> {
    const made = await MemoryFile.create(machineName, this.#sizeBytes, folders);
    try {
      await copySparse(this.path, made.path);
      // Pages of zeros at its end have become nothing at all.
      ftruncateSync(made.#descriptor, this.#sizeBytes);
      return made;
    } catch (error) {
      made.close();
      throw error;
    }
  }

  /** Those who have mapped it keep it until their end. */
  close(): void {
    if (openFiles.delete(this)) closeSync(this.#descriptor);
  }
}

/** Files of other folders are counted, too: which file system a folder is on matters less than never to be wrong. */
async function freeBytesIn(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  const promisedBytes = [...openFiles].reduce((total, file) => total + file.unclaimedBytes, 0);
  return bavail * bsize - promisedBytes - sparedBytes;
}
