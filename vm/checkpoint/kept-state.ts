import { constants } from 'node:fs';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { copySparse } from '../../foundation/index.ts';
import type { ShellLoop } from '../console/shell-session.ts';
import type { Machine } from '../machine.ts';
import type { DeviceState } from './device-state.ts';
import type { MemoryFile } from './memory-file.ts';

/** What a machine has been at one moment, beside its memory and its disks. */
interface StateParts {
  memory: MemoryFile;
  deviceState: DeviceState;
  /** By port. */
  shellLoops: ReadonlyMap<string, ShellLoop>;
}

/**
 * A copy of a machine at one moment, which has gone on since: memory, devices, disks, and what its serial ports had shown
 * since power-on. Machines of the very same declaration, with disks that held the same at their power-on, can go on from it
 * any number of times. Its files have no names: they go with the runner and with those who still use them.
 */
export class KeptState implements AsyncDisposable {
  readonly memory: MemoryFile;
  readonly deviceState: DeviceState;
  readonly shellLoops: ReadonlyMap<string, ShellLoop>;
  readonly #disks: ReadonlyMap<string, FileHandle>;
  readonly #shown: ReadonlyMap<string, Buffer>;

  private constructor(
    parts: StateParts,
    disks: ReadonlyMap<string, FileHandle>,
    shown: ReadonlyMap<string, Buffer>,
  ) {
    this.memory = parts.memory;
    this.deviceState = parts.deviceState;
    this.shellLoops = parts.shellLoops;
    this.#disks = disks;
    this.#shown = shown;
  }

  /**
   * Copies disks and consoles of a machine that is stopped and has let go of its disks; it takes the memory over.
   *
   * @throws FOUNDATION_TOOL_FAILED, FOUNDATION_DISK_FULL
   */
  static async of(machine: Machine, parts: StateParts): Promise<KeptState> {
    const disks = new Map<string, FileHandle>();
    try {
      for (const { name, path } of machine.diskFiles)
        disks.set(name, await namelessCopy(path, join(machine.folder, `${name}.kept.raw`)));
      const ports = ['console', ...machine.spec.serialPorts];
      const shown = ports.map(
        async (port): Promise<[string, Buffer]> => [
          port,
          await readFile(join(machine.folder, `${port}.log`)),
        ],
      );
      return new KeptState(parts, disks, new Map(await Promise.all(shown)));
    } catch (error) {
      parts.memory.close();
      for (const file of disks.values()) await file.close();
      throw error;
    }
  }

  /** What a serial port had shown since power-on, as it came from the guest. */
  shownOn(port: string): Buffer {
    return this.#shown.get(port) ?? Buffer.alloc(0);
  }

  /** Gives a machine that is off the disks as they were. @throws FOUNDATION_TOOL_FAILED, FOUNDATION_DISK_FULL */
  async putDisksInto(machine: Machine): Promise<void> {
    for (const { name, path } of machine.diskFiles) await copySparse(pathOf(this.#disks.get(name)!), path);
  }

  /** Nobody can go on from it any more; who has, goes on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.memory.close();
    for (const file of this.#disks.values()) await file.close();
  }
}

async function namelessCopy(fromPath: string, toPath: string): Promise<FileHandle> {
  const file = await open(toPath, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR, 0o600);
  try {
    await rm(toPath);
    await copySparse(fromPath, pathOf(file));
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** By which programs that the runner starts find a file that has no name. */
function pathOf({ fd }: FileHandle): string {
  return `/proc/${process.pid}/fd/${fd}`;
}
