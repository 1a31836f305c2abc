import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { partitionDevice } from '../../layout/find-in-layout.ts';
import { runProgram } from '../../script/run-program.ts';
import { mountVolume } from '../../script/steps/mount-volume.ts';
import { knownStateErrors } from '../errors.ts';
import { openPack, type Pack } from '../pack.ts';
import { findPartition } from './find-partition.ts';
import type { RunningSystem } from './running-system.ts';

/** The recovery tools of the running partition, as long as they are needed. */
export type OpenTools = (system: RunningSystem) => Promise<Pack>;

const toolsFile = 'recovery.pack';
const mountLimitMs = 60_000;

/**
 * Opens the recovery tools that the running partition carries (spec B5), its file system mounted read-only for it. It is
 * mounted in a place of its own each time: a repair that was ended by force has left it mounted.
 *
 * @throws KNOWN_STATE_NO_RECOVERY_TOOLS when it carries none; SCRIPT_PROGRAM_FAILED when it cannot be mounted.
 */
export async function openRecoveryTools(system: RunningSystem, mount = mountVolume): Promise<Pack> {
  const { device, number } = findPartition(system, system.name);
  const source = partitionDevice(device, number);
  const volume = { device: source, fileSystem: 'vfat', readOnly: true } as const;
  const { folder, unmount } = await mount(volume, join(system.places.runFolder, 'recovery-tools'), {
    runProgram: async (name, words) =>
      await runProgram(name, words, { signal: AbortSignal.timeout(mountLimitMs) }),
  });
  try {
    const path = join(folder, toolsFile);
    await access(path).catch((error) => {
      throw knownStateErrors.KNOWN_STATE_NO_RECOVERY_TOOLS(
        { tried: 'repair the other partitions', where: source, got: `${system.name} has no ${toolsFile}` },
        error,
      );
    });
    const pack = await openPack(path);
    return {
      ...pack,
      async [Symbol.asyncDispose]() {
        await pack[Symbol.asyncDispose]();
        await unmount();
      },
    };
  } catch (error) {
    await unmount();
    throw error;
  }
}
