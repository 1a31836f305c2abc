import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepContext } from '../../step-kind.ts';
import { type HardwareDisk, listHardwareDisks, mediumDiskName } from './disks.ts';
import type { HardwarePlaces } from './places.ts';
import { readSysFile } from './sys-file.ts';

export interface RemovableVolume {
  /** `sdb1`. */
  name: string;
  folder: string;
  /** Whether it was mounted by this call. */
  isNew: boolean;
}

/**
 * Mounts what can be taken out, read-only: USB disks, cards and CDs, with FAT, ext4 or ISO 9660 on them, but not the medium
 * itself (spec R5). A volume with another file system is left out.
 */
export async function mountRemovable(
  places: HardwarePlaces,
  runProgram: StepContext['runProgram'],
): Promise<RemovableVolume[]> {
  const medium = mediumDiskName(places);
  const disks = listHardwareDisks(places).filter(({ name, isRemovable }) => isRemovable && name !== medium);
  const volumes: RemovableVolume[] = [];
  for (const { name, device } of disks.flatMap(volumesOf)) {
    const folder = join(places.removableFolder, name);
    if (isMounted(folder, places)) {
      volumes.push({ name, folder, isNew: false });
      continue;
    }
    await mkdir(folder, { recursive: true });
    if (await mount(device, folder, runProgram)) volumes.push({ name, folder, isNew: true });
  }
  return volumes;
}

/** Takes away what {@link mountRemovable} has mounted; what is in use stays. */
export async function unmountRemovable(
  volumes: readonly RemovableVolume[],
  runProgram: StepContext['runProgram'],
): Promise<void> {
  for (const { folder } of volumes.filter(({ isNew }) => isNew)) {
    await runProgram('umount', [folder]).catch(() => {});
  }
}

function volumesOf(disk: HardwareDisk): readonly { name: string; device: string }[] {
  return disk.partitions.length > 0 ? disk.partitions : [disk];
}

/** `noload`: even a read-only ext4 would write its journal back. */
const fileSystems = [
  ['vfat', 'ro'],
  ['ext4', 'ro,noload'],
  ['iso9660', 'ro'],
] as const;

async function mount(
  device: string,
  folder: string,
  runProgram: StepContext['runProgram'],
): Promise<boolean> {
  for (const [type, flags] of fileSystems) {
    try {
      await runProgram('mount', ['-t', type, '-o', flags, device, folder]);
      return true;
    } catch {
      // It is another file system.
    }
  }
  return false;
}

function isMounted(folder: string, { procFolder }: HardwarePlaces): boolean {
  const mounts = readSysFile(join(procFolder, 'mounts')) ?? '';
  return mounts.split('\n').some((line) => line.split(' ')[1] === folder);
}
