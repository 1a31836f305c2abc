import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { coreErrors } from '../../errors.ts';
import { deviceName, deviceSizeBytes, findDeviceUse, loopBackingFile } from './device-use.ts';
import { partialPathOf } from './file-target.ts';
import type { MasterDisk } from './master-disk.ts';

/** A place that may be written: checked, and nothing has been written yet. */
export interface CheckedTarget {
  path: string;
  kind: 'file' | 'device';
  /** Bytes behind the master's end that stay as they are; only devices are larger. */
  surplusBytes: number;
}

/** Tells a second mention of the same target, under whatever name. */
export type SeenTargets = Set<string>;

/**
 * Checks one target before the first byte is written anywhere.
 *
 * @throws CORE_CLONE_TARGETS_INVALID, CORE_CLONE_TARGET_EXISTS, CORE_CLONE_TARGET_IN_USE, CORE_CLONE_TARGET_TOO_SMALL
 */
export async function checkTarget(
  wantedPath: string,
  master: MasterDisk,
  { overwrite, seen }: { overwrite: boolean; seen: SeenTargets },
): Promise<CheckedTarget> {
  // By its real name, so that a symbolic link is followed and not replaced.
  const path = await realpath(wantedPath).catch(() => undefined);
  const facts = path === undefined ? undefined : await stat(path, { bigint: true });
  const identity = facts?.isBlockDevice() ? `device ${deviceName(facts.rdev)}` : `file ${path ?? wantedPath}`;
  if (seen.has(identity)) throw invalid(wantedPath, 'it is named twice');
  seen.add(identity);
  if (path === undefined || facts === undefined) return await checkNewFile(wantedPath, overwrite);
  if (await isMaster(path, facts, master)) throw invalid(path, 'it is the master itself');
  if (facts.isBlockDevice()) return await checkDevice(path, facts.rdev, master);
  if (!facts.isFile()) throw invalid(path, 'neither a file nor a block device');
  if (!overwrite) throw exists(path, 'a file is there');
  return { path, kind: 'file', surplusBytes: 0 };
}

async function checkNewFile(path: string, overwrite: boolean): Promise<CheckedTarget> {
  // A disk that is not plugged in must not become a file in memory.
  if (/^\/dev\/(disk\/.*\/)?[^/]*$/.test(resolve(path))) throw invalid(path, 'there is no such device');
  const isBegun = await stat(partialPathOf(path)).then(
    () => true,
    () => false,
  );
  if (isBegun && !overwrite) {
    throw exists(partialPathOf(path), 'a clone that was not finished, or is being made by another command');
  }
  return { path, kind: 'file', surplusBytes: 0 };
}

async function isMaster(
  path: string,
  facts: { dev: bigint; ino: bigint; rdev: bigint; isBlockDevice(): boolean },
  master: MasterDisk,
): Promise<boolean> {
  const own = await stat(master.path, { bigint: true });
  if (!facts.isBlockDevice()) {
    const behindMaster = own.isBlockDevice() ? await loopBackingFile(own.rdev) : undefined;
    return (facts.dev === own.dev && facts.ino === own.ino) || behindMaster === path;
  }
  if (own.isBlockDevice()) return facts.rdev === own.rdev;
  return (await loopBackingFile(facts.rdev)) === (await realpath(master.path));
}

async function checkDevice(path: string, rdev: bigint, master: MasterDisk): Promise<CheckedTarget> {
  const use = await findDeviceUse(rdev);
  if (use !== undefined) {
    throw coreErrors.CORE_CLONE_TARGET_IN_USE({ tried: 'take a device for a clone', where: path, got: use });
  }
  const sizeBytes = await deviceSizeBytes(rdev);
  if (sizeBytes < master.sizeBytes) {
    throw coreErrors.CORE_CLONE_TARGET_TOO_SMALL({
      tried: 'take a device for a clone',
      where: path,
      expected: `at least ${master.sizeBytes} bytes, as the master has`,
      got: `${sizeBytes} bytes`,
    });
  }
  return { path, kind: 'device', surplusBytes: sizeBytes - master.sizeBytes };
}

function exists(where: string, got: string): Error {
  return coreErrors.CORE_CLONE_TARGET_EXISTS({ tried: 'make a clone', where, got });
}

function invalid(where: string, got: string): Error {
  return coreErrors.CORE_CLONE_TARGETS_INVALID({ tried: 'take a target for a clone', where, got });
}
