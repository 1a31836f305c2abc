import { type FileHandle, open, rm } from 'node:fs/promises';
import type { BufferPool } from './buffer-pool.ts';
import { isZero, readWhole, writeWhole } from './disk-image.ts';

/** Bytes that are kept: `length` zeros, in memory, or in the scratch file. */
export type KeptBytes =
  | { in: 'zeros'; lengthBytes: number }
  | { in: 'memory'; lengthBytes: number; bytes: Buffer }
  | { in: 'file'; lengthBytes: number; offsetBytes: number };

const defaultMemoryBytes = 8 * 1024 * 1024;

/** Keeps pieces of bytes, a bounded part of them in memory and the rest in a scratch file without a name. */
export class ByteStore {
  readonly #scratchPath: string;
  readonly #pool: BufferPool;
  readonly #memoryBytes: number;
  #file: FileHandle | undefined;
  #inMemory = 0;
  #inFile = 0;
  #fileEnd = 0;

  constructor(scratchPath: string, pool: BufferPool, memoryBytes = defaultMemoryBytes) {
    this.#scratchPath = scratchPath;
    this.#pool = pool;
    this.#memoryBytes = memoryBytes;
  }

  /** Bytes of the scratch file that are in use. */
  get spilledBytes(): number {
    return this.#inFile;
  }

  /** Keeps `bytes`, a buffer of the pool that is the store's from now on. */
  async keep(bytes: Buffer): Promise<KeptBytes> {
    const lengthBytes = bytes.length;
    if (isZero(bytes)) {
      this.#pool.giveBack(bytes);
      return { in: 'zeros', lengthBytes };
    }
    if (this.#inMemory + lengthBytes <= this.#memoryBytes) {
      this.#inMemory += lengthBytes;
      return { in: 'memory', lengthBytes, bytes };
    }
    const offsetBytes = this.#fileEnd;
    this.#fileEnd += lengthBytes;
    this.#inFile += lengthBytes;
    this.#file ??= await this.#openFile();
    await writeWhole(this.#file, bytes, offsetBytes);
    this.#pool.giveBack(bytes);
    return { in: 'file', lengthBytes, offsetBytes };
  }

  /** Fills `target`, which is as long as what was kept. */
  async read(kept: KeptBytes, target: Buffer): Promise<void> {
    if (kept.in === 'zeros') target.fill(0);
    else if (kept.in === 'memory') kept.bytes.copy(target);
    else await readWhole(this.#file!, target, kept.offsetBytes);
  }

  /** What was kept is not needed any more. The scratch file begins anew when nothing of it is. */
  drop(kept: KeptBytes): void {
    if (kept.in === 'memory') {
      this.#inMemory -= kept.lengthBytes;
      this.#pool.giveBack(kept.bytes);
    } else if (kept.in === 'file') {
      this.#inFile -= kept.lengthBytes;
      if (this.#inFile === 0) this.#fileEnd = 0;
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  /** Its name goes at once: a runner that is killed leaves nothing. */
  async #openFile(): Promise<FileHandle> {
    const file = await open(this.#scratchPath, 'w+', 0o600);
    await rm(this.#scratchPath);
    return file;
  }
}
