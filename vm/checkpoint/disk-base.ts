import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { errorMessage } from '../../foundation/index.ts';
import { vmErrors } from '../errors.ts';

/** A file that forks read and that nobody may write any more. */
interface HeldFile {
  path: string;
  found: string;
}

/** A disk as it was at the checkpoint. */
export class DiskBase {
  readonly diskName: string;
  /** What forks read at the bottom of all. */
  readonly imagePath: string;
  /** The overlay of the checkpointed machine, when that discards what is written; over the declared image. */
  readonly overlayPath: string | undefined;
  /** How large the guest takes it to be. */
  readonly sizeBytes: bigint;
  readonly #files: readonly HeldFile[];

  private constructor(
    diskName: string,
    imagePath: string,
    overlayPath: string | undefined,
    sizeBytes: bigint,
    files: readonly HeldFile[],
  ) {
    this.diskName = diskName;
    this.imagePath = imagePath;
    this.overlayPath = overlayPath;
    this.sizeBytes = sizeBytes;
    this.#files = files;
  }

  /** Takes note of a disk whose machine has just been ended. */
  static async of(diskName: string, imagePath: string, overlayPath: string | undefined): Promise<DiskBase> {
    const paths = overlayPath === undefined ? [imagePath] : [imagePath, overlayPath];
    const files = await Promise.all(paths.map(async (path) => ({ path, found: await traceOf(path) })));
    const { size } = await stat(imagePath, { bigint: true });
    return new DiskBase(diskName, imagePath, overlayPath, size, files);
  }

  /** @throws VM_CHECKPOINT_CHANGED when one of its files was written since, or is gone. */
  async assertUnchanged(): Promise<void> {
    for (const { path, found } of this.#files) {
      const now = await traceOf(path).catch((error: unknown) => errorMessage(error));
      if (now === found) continue;
      throw vmErrors.VM_CHECKPOINT_CHANGED({
        tried: `fork a machine with disk ${this.diskName} as it was at the checkpoint`,
        where: path,
        expected: found,
        got: now,
      });
    }
  }
}

/** Whoever writes a file changes this. */
async function traceOf(path: string): Promise<string> {
  const { ino, size, mtimeNs }: BigIntStats = await stat(path, { bigint: true });
  return `inode ${ino}, ${size} bytes, written at ${mtimeNs} ns`;
}
