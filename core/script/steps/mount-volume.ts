import { mkdir, mkdtemp, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from '../../appliance/run-program.ts';
import type { StepContext } from '../step-kind.ts';

export interface Volume {
  device: string;
  fileSystem: 'ext4' | 'vfat';
  readOnly: boolean;
}

export interface MountedVolume {
  folder: string;
  unmount(): Promise<void>;
}

/** Mounts a volume on a folder of its own below `workFolder`. */
export type MountVolume = (
  volume: Volume,
  workFolder: string,
  context: Pick<StepContext, 'runProgram'>,
) => Promise<MountedVolume>;

/** Runs a program to its end, whatever becomes of the step. */
type RunAlways = (name: string, words: readonly string[]) => Promise<unknown>;

/**
 * Makes what mounts ext4 and FAT. What cannot be mounted is repaired first, as far as that goes without a loss; an exit
 * code below 4 says that it is sound then. Unmounting does not end with the step: it is what has to be done then.
 *
 * @param runAlways For unmounting; tests have another one.
 * @throws SCRIPT_PROGRAM_FAILED; from `unmount` CORE_PROGRAM_FAILED.
 */
export function makeMountVolume(runAlways: RunAlways): MountVolume {
  return async ({ device, fileSystem, readOnly }, workFolder, context) => {
    await mkdir(workFolder, { recursive: true });
    const folder = await mkdtemp(join(workFolder, 'mount-'));
    // `quiet`: FAT has no owners and few modes; who copies files there is not told so for each.
    const flags = `${readOnly ? 'ro' : 'rw'},noatime${fileSystem === 'vfat' ? ',quiet' : ''}`;
    const mount = `mount -t ${fileSystem} -o ${flags} ${device} ${folder}`;
    const checker = fileSystem === 'ext4' ? '/usr/sbin/e2fsck -p' : '/usr/sbin/fsck.fat -a';
    const repaired = `${mount} || { ${checker} ${device} || [ $? -lt 4 ]; ${mount}; }`;
    try {
      await context.runProgram('sh', ['-e', '-c', readOnly ? mount : repaired]);
    } catch (error) {
      // The step may have been ended when the program had just mounted it.
      await runAlways('umount', [folder]).catch(() => {});
      await rmdir(folder).catch(() => {});
      throw error;
    }
    return {
      folder,
      async unmount() {
        await unmountPatiently(folder, runAlways);
        await rmdir(folder);
      },
    };
  };
}

export const mountVolume: MountVolume = makeMountVolume(runProgram);

/** A program of the step that was ended may take a moment to let go of its files. */
async function unmountPatiently(folder: string, runAlways: RunAlways): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runAlways('umount', [folder]);
      return;
    } catch (error) {
      if (attempt === 10) throw error;
      await sleep(200);
    }
  }
}
