import { constants, stat } from 'node:fs/promises';
import { errorMessage } from '../../../foundation/index.ts';
import { coreErrors } from '../../errors.ts';
import { deviceName, deviceSizeBytes, findDeviceUse } from './device-use.ts';
import { DirectFile } from './direct-file.ts';

/** A master, opened for reading only. */
export class MasterDisk implements AsyncDisposable {
  readonly path: string;
  readonly sizeBytes: number;
  /** At most so many bytes of it are anything but holes. */
  readonly allocatedBytes: number;
  readonly isDevice: boolean;
  readonly #file: DirectFile;
  readonly #state: string;

  private constructor(
    path: string,
    file: DirectFile,
    state: string,
    facts: { sizeBytes: number; allocatedBytes: number; isDevice: boolean },
  ) {
    this.path = path;
    this.#file = file;
    this.#state = state;
    this.sizeBytes = facts.sizeBytes;
    this.allocatedBytes = facts.allocatedBytes;
    this.isDevice = facts.isDevice;
  }

  /**
   * @throws CORE_CLONE_MASTER_UNUSABLE when it is not there, cannot be read, is empty, is neither file nor block
   * device, or is a device in use (whose content may change at any time).
   */
  static async open(path: string): Promise<MasterDisk> {
    const facts = await stat(path, { bigint: true }).catch((error) => {
      throw unusable(path, errorMessage(error), error);
    });
    const isDevice = facts.isBlockDevice();
    if (!isDevice && !facts.isFile()) throw unusable(path, 'neither a file nor a block device');
    const use = isDevice ? await findDeviceUse(facts.rdev) : undefined;
    if (use !== undefined) throw unusable(path, `${deviceName(facts.rdev)} ${use}`);
    const sizeBytes = isDevice ? await deviceSizeBytes(facts.rdev) : Number(facts.size);
    if (sizeBytes === 0) throw unusable(path, 'it is empty');
    const flags = constants.O_RDONLY | (isDevice ? constants.O_EXCL : 0);
    const file = await DirectFile.open(path, flags).catch((error) => {
      throw unusable(path, errorMessage(error), error);
    });
    const allocatedBytes = isDevice ? sizeBytes : Math.min(sizeBytes, Number(facts.blocks) * 512);
    return new MasterDisk(path, file, await stateOf(path), { sizeBytes, allocatedBytes, isDevice });
  }

  /**
   * Reads `lengthBytes` into aligned memory, and behind them as much more as there is in either.
   *
   * @throws CORE_CLONE_MASTER_UNREADABLE, and CORE_CLONE_MASTER_CHANGED when it has become shorter.
   */
  async read(memory: Buffer, positionBytes: number, lengthBytes: number): Promise<void> {
    const where = `${this.path}, byte ${positionBytes}`;
    const bytesRead = await this.#file.read(memory, positionBytes).catch((error) => {
      const facts = { tried: 'read the master', where, got: errorMessage(error) };
      throw coreErrors.CORE_CLONE_MASTER_UNREADABLE(facts, error);
    });
    if (bytesRead >= lengthBytes) return;
    const got = `${bytesRead} of ${lengthBytes} bytes`;
    throw coreErrors.CORE_CLONE_MASTER_CHANGED({ tried: 'read the master', where, got });
  }

  /** @throws CORE_CLONE_MASTER_CHANGED when somebody has written to it, or put another file in its place. */
  async assertUnchanged(): Promise<void> {
    const state = await stateOf(this.path).catch((error) => errorMessage(error));
    if (state === this.#state) return;
    throw coreErrors.CORE_CLONE_MASTER_CHANGED({
      tried: `clone ${this.path}`,
      expected: this.#state,
      got: state,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}

/** Of a device only its identity: it has been opened exclusively, so nobody else can have mounted it. */
async function stateOf(path: string): Promise<string> {
  const { dev, ino, rdev, size, mtimeNs, ...kind } = await stat(path, { bigint: true });
  if ((kind.mode & 0o170000n) === 0o060000n) return `device ${rdev}`;
  return `inode ${dev}:${ino}, ${size} bytes, modified at ${mtimeNs} ns`;
}

function unusable(path: string, got: string, cause?: unknown): Error {
  return coreErrors.CORE_CLONE_MASTER_UNUSABLE({ tried: 'open the master', where: path, got }, cause);
}
