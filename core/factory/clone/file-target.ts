import { constants, copyFile, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../../../foundation/index.ts';
import type { CloneMethod, CloneTarget } from './clone-target.ts';
import { DirectFile, type ReadBack } from './direct-file.ts';
import type { MasterDisk } from './master-disk.ts';

/**
 * A clone in a file. It is made beside its place under another name, always anew, so that no byte of an older file
 * can stay in it; and only a whole one gets the name.
 */
export class FileTarget implements CloneTarget {
  readonly path: string;
  readonly kind = 'file';
  readonly isFresh = true;
  readonly keepsFirstBlockForLast = false;
  method: CloneMethod = 'copy';
  readonly #partialPath: string;
  readonly #overwrite: boolean;
  #file: DirectFile | undefined;
  #state: 'new' | 'begun' | 'committed' = 'new';

  /** @param overwrite Replace what is there, also what an earlier command did not finish. */
  constructor(path: string, { overwrite }: { overwrite: boolean }) {
    this.path = path;
    this.#overwrite = overwrite;
    this.#partialPath = partialPathOf(path);
  }

  get readBack(): ReadBack {
    return this.#open.readBack;
  }

  async begin(master: MasterDisk): Promise<void> {
    if (this.#overwrite) await rm(this.#partialPath, { force: true });
    if (!master.isDevice && (await reflink(master.path, this.#partialPath))) {
      this.method = 'reflink';
      this.#state = 'begun';
      this.#file = await DirectFile.open(this.#partialPath, constants.O_RDWR);
      return;
    }
    // Made first and opened then, for an O_DIRECT that is refused may have made the file all the same.
    await using made = await open(this.#partialPath, 'wx', 0o644);
    this.#state = 'begun';
    await made.truncate(master.sizeBytes);
    this.#file = await DirectFile.open(this.#partialPath, constants.O_RDWR);
  }

  async write(bytes: Buffer, positionBytes: number): Promise<void> {
    await this.#open.write(bytes, positionBytes);
  }

  async read(buffer: Buffer, positionBytes: number): Promise<number> {
    return await this.#open.read(buffer, positionBytes);
  }

  async sync(): Promise<void> {
    await this.#open.sync();
  }

  async commit(): Promise<void> {
    await this.#assertOwn();
    await rename(this.#partialPath, this.path);
    await syncFolder(dirname(this.path));
    this.#state = 'committed';
  }

  async abandon(): Promise<undefined> {
    if (this.#state === 'begun') await rm(this.#partialPath, { force: true });
  }

  async close(): Promise<void> {
    await this.#file?.[Symbol.asyncDispose]();
    this.#file = undefined;
  }

  /** Two commands at once may make the same clone; the name must not go to the other's half. */
  async #assertOwn(): Promise<void> {
    const named = await stat(this.#partialPath, { bigint: true });
    const own = await this.#open.stat();
    if (named.dev === own.dev && named.ino === own.ino) return;
    throw new Error(`${this.#partialPath} was replaced by somebody else`);
  }

  get #open(): DirectFile {
    if (this.#file === undefined) throw new Error(`${this.path} has not been begun`);
    return this.#file;
  }
}

/** What a clone is called until it is one. */
export function partialPathOf(path: string): string {
  return `${path}.partial`;
}

/** False where the file system has no reflinks, or has them and refuses: then bytes are copied. */
export async function reflink(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return true;
  } catch {
    // Node removes what it began.
    return false;
  }
}
