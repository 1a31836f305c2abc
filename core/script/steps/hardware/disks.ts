import { realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sectorBytes } from '../../../../foundation/index.ts';
import type { HardwarePlaces } from './places.ts';
import { readSysFile, readSysFolder } from './sys-file.ts';

export interface HardwareDisk {
  /** The kernel's name: `vda`. */
  name: string;
  /** `/dev/vda`. */
  device: string;
  /** Where it hangs, a path below /sys: `/devices/pci0000:00/0000:00:10.0/virtio1/block/vda`. */
  port: string;
  sizeBytes: number;
  /** A CD drive. */
  isOptical: boolean;
  /** On USB, or one whose medium can be taken out. */
  isRemovable: boolean;
  /** Something other than a partition uses it whole: an array, a volume group. */
  isHeld: boolean;
  partitions: readonly HardwarePartition[];
}

export interface HardwarePartition {
  name: string;
  device: string;
  firstSector: number;
  sectors: number;
}

/** All disks and CD drives with something in them, by name; not what the kernel makes of files and memory (spec R6). */
export function listHardwareDisks({ sysFolder, devFolder }: HardwarePlaces): HardwareDisk[] {
  const root = realpathSync.native(sysFolder);
  const names = readSysFolder(join(sysFolder, 'block')).filter(
    (name) => !/^(loop|ram|zram|dm-|md|fd)/.test(name),
  );
  const disks = names.map((name): HardwareDisk => {
    const path = realpathSync.native(join(sysFolder, 'block', name));
    const port = path.slice(root.length);
    return {
      ...{ name, device: join(devFolder, name), port },
      sizeBytes: readNumber(join(path, 'size')) * sectorBytes,
      isOptical: /^sr\d/.test(name),
      isRemovable: port.includes('/usb') || readNumber(join(path, 'removable')) === 1,
      isHeld: readSysFolder(join(path, 'holders')).length > 0,
      partitions: partitionsIn(path, devFolder),
    };
  });
  return disks.filter(({ sizeBytes }) => sizeBytes > 0);
}

/** For people: `vda (port /devices/pci0000:00/0000:00:10.0)`; what the port does not say is left out. */
export function describeDisk({ name, port }: HardwareDisk): string {
  return `disk ${name} (port ${port.replace(/\/(virtio\d+\/)?block\/.*/, '')})`;
}

/** The name of the disk that the medium itself is on; undefined when it is not mounted. */
export function mediumDiskName(places: HardwarePlaces, mountPoint = '/medium'): string | undefined {
  const mounts = readSysFile(join(places.procFolder, 'mounts')) ?? '';
  const line = mounts.split('\n').find((line) => line.split(' ')[1] === mountPoint);
  const name = basename(line?.split(' ')[0] ?? '');
  const disk = listHardwareDisks(places).find(
    (disk) => disk.name === name || disk.partitions.some((partition) => partition.name === name),
  );
  return disk?.name;
}

function partitionsIn(diskPath: string, devFolder: string): HardwarePartition[] {
  const names = readSysFolder(diskPath).filter(
    (name) => readSysFile(join(diskPath, name, 'partition')) !== undefined,
  );
  const partitions = names.map((name) => ({
    ...{ name, device: join(devFolder, name) },
    firstSector: readNumber(join(diskPath, name, 'start')),
    sectors: readNumber(join(diskPath, name, 'size')),
  }));
  return partitions.sort((a, b) => a.firstSector - b.firstSector);
}

function readNumber(path: string): number {
  return Number(readSysFile(path) ?? 0);
}
