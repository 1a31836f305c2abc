import { type OpenDisk, openDisk } from './hardware/disk-access.ts';
import { type HardwarePlaces, machinePlaces } from './hardware/places.ts';
import { type MountVolume, mountVolume } from './mount-volume.ts';

/** What steps on disks and files do their work with; tests have folders, and files as disks. */
export interface DiskMachine {
  places: HardwarePlaces;
  /** Opens disks and partitions. */
  open: OpenDisk;
  mount: MountVolume;
  /** For what a step needs while it runs: mount points, and copies of files that are being patched. In memory. */
  workFolder: string;
}

export const diskMachine: DiskMachine = {
  places: machinePlaces,
  open: openDisk,
  mount: mountVolume,
  workFolder: '/run/assay/work',
};
