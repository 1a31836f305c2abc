import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { partitionDevice } from '../../layout/find-in-layout.ts';
import { runProgram } from '../../script/run-program.ts';
import { knownStateErrors } from '../errors.ts';
import { openPack, type Pack } from '../pack.ts';
import { findPartition } from './find-partition.ts';
import type { RunningSystem } from './running-system.ts';

/** The recovery tools of the running partition, as long as they are needed. */
export type OpenTools = (system: RunningSystem) => Promise<Pack>;

const toolsFile = 'recovery.pack';

/**
 * Opens the recovery tools that the running partition carries (spec B5), its file system mounted read-only for it.
 *
 * @throws KNOWN_STATE_NO_RECOVERY_TOOLS when it carries none; SCRIPT_PROGRAM_FAILED when it cannot be mounted.
 */
export const openRecoveryTools: OpenTools = async (system) => {
  const { device, number } = findPartition(system, system.name);
  const folder = join(system.places.runFolder, 'partition');
  await mkdir(folder, { recursive: true });
  const source = partitionDevice(device, number);
  const { signal } = new AbortController();
  const unmount = async () => void (await runProgram('umount', [folder], { signal }));
  await runProgram('mount', ['-t', 'vfat', '-o', 'ro', source, folder], { signal });
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
};
