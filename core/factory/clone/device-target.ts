import { constants } from 'node:fs/promises';
import { formatSize } from '../../../foundation/index.ts';
import { coreErrors } from '../../errors.ts';
import { allocateAligned } from './aligned-memory.ts';
import { blockBytes } from './block-pipeline.ts';
import type { CloneTarget } from './clone-target.ts';
import { assertSame } from './compare-blocks.ts';
import { DirectFile, type ReadBack } from './direct-file.ts';

/**
 * A clone on a block device. Whatever it held is overwritten, zeros included. Its first block (boot record, raw
 * records) is wiped first and written last: a device that was not finished boots nothing and is seen to be no clone.
 */
export class DeviceTarget implements CloneTarget {
  readonly path: string;
  readonly kind = 'device';
  readonly isFresh = false;
  readonly keepsFirstBlockForLast = true;
  readonly method = 'copy';
  readonly #file: DirectFile;
  #state: 'new' | 'begun' | 'committed' = 'new';
  #firstBlockBytes = 0;

  private constructor(path: string, file: DirectFile) {
    this.path = path;
    this.#file = file;
  }

  /** Opens it exclusively: the kernel refuses what is mounted or otherwise in use, with EBUSY. */
  static async open(path: string): Promise<DeviceTarget> {
    try {
      return new DeviceTarget(path, await DirectFile.open(path, constants.O_RDWR | constants.O_EXCL));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EBUSY')) throw error;
      const facts = { tried: 'open the device exclusively', where: path, got: error.message };
      throw coreErrors.CORE_CLONE_TARGET_IN_USE(facts, error);
    }
  }

  get readBack(): ReadBack {
    return this.#file.readBack;
  }

  async begin({ sizeBytes }: { sizeBytes: number }): Promise<void> {
    this.#firstBlockBytes = Math.min(blockBytes, sizeBytes);
    this.#state = 'begun';
    await this.#wipeFirstBlock();
  }

  async write(bytes: Buffer, positionBytes: number): Promise<void> {
    await this.#file.write(bytes, positionBytes);
  }

  async read(buffer: Buffer, positionBytes: number): Promise<number> {
    return await this.#file.read(buffer, positionBytes);
  }

  async sync(): Promise<void> {
    await this.#file.sync();
  }

  async commit(firstBlock: Buffer, verify: boolean): Promise<void> {
    await this.#file.write(firstBlock, 0);
    await this.#file.sync();
    if (verify) await assertSame(this, firstBlock, 0, allocateAligned(blockBytes));
    this.#state = 'committed';
  }

  async abandon(): Promise<string | undefined> {
    if (this.#state !== 'begun') return undefined;
    await this.#wipeFirstBlock();
    const size = formatSize(this.#firstBlockBytes);
    return `${this.path} is no clone: its first ${size} are zeros, so that nothing starts from it`;
  }

  async close(): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }

  async #wipeFirstBlock(): Promise<void> {
    await this.#file.write(allocateAligned(this.#firstBlockBytes), 0);
    await this.#file.sync();
  }
}
