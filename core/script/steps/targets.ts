import { basename, join } from 'node:path';
import { z } from 'zod';
import { formatSize, sectorBytes } from '../../../foundation/index.ts';
import { partitionDevice } from '../../layout/find-in-layout.ts';
import { scriptErrors } from '../errors.ts';
import type { StepContext } from '../step-kind.ts';
import { type HardwareDisk, listHardwareDisks, mediumDiskName } from './hardware/disks.ts';
import type { HardwarePlaces } from './hardware/places.ts';
import { readSysFile } from './hardware/sys-file.ts';

/** A disk, or a partition of it, as a script names it. */
export interface Target {
  by: 'port' | 'serial' | 'rank';
  /** Part of the path below /sys, the serial number, or `only` or `largest`. */
  value: string;
  partition?: number;
}

/** What a target is on this machine. */
export interface ResolvedTarget {
  disk: HardwareDisk;
  /** The kernel's name of the disk or partition: `vda3`. */
  name: string;
  /** `/dev/vda3`. */
  device: string;
  sizeBytes: number;
  isPartition: boolean;
}

const partition = z
  .int()
  .min(1)
  .max(255)
  .optional()
  .describe('The number of a partition: logical drives from 5.');

const expected =
  'write only, largest, port:PATH or serial:NUMBER, with #N for a partition; or { disk | port | serial, partition }';

/**
 * How scripts name disks: by where they hang, by the number on their label, or as the only or the largest one (spec M8:
 * never by what they hold, for clones hold the same). Short: `port:/0000:00:10.0/#3`.
 */
export const targetSchema = z
  .union(
    [
      z.string(),
      z.strictObject({ port: z.string().min(3), partition }),
      z.strictObject({ serial: z.string().min(1), partition }),
      z.strictObject({ disk: z.enum(['only', 'largest']), partition }),
    ],
    { error: expected },
  )
  .transform((written, context): Target => {
    const target = typeof written === 'string' ? parseShort(written) : fromObject(written);
    if (target !== undefined) return target;
    context.addIssue({ code: 'custom', message: `"${written}" names no disk: ${expected}` });
    return z.NEVER;
  });

/** The same, where only a whole disk will do. */
export const diskTargetSchema = targetSchema.refine(
  ({ partition }) => partition === undefined,
  'this takes a whole disk, not a partition',
);

/** The same, where only a partition will do. */
export const partitionTargetSchema = targetSchema.refine(
  ({ partition }) => partition !== undefined,
  'name the partition, too: only#1, or { disk: only, partition: 1 }',
);

/**
 * Finds the disk or partition that a script means. CD drives never answer. USB disks answer to their serial number, and
 * to a port that has `/usb` in it; a disk that can be taken out, or that the medium is on, is neither `only` nor `largest`.
 *
 * @throws SCRIPT_TARGET_NOT_FOUND, SCRIPT_TARGET_AMBIGUOUS, which list the disks that are there.
 */
export function resolveTarget(
  target: Target,
  places: HardwarePlaces,
  context: Pick<StepContext, 'mediumFolder'>,
): ResolvedTarget {
  const all = listHardwareDisks(places).filter(({ isOptical }) => !isOptical);
  const medium = findMediumDisk(places, context);
  const found = candidates(target, all, medium, places);
  const tried = `find the disk ${describeTarget({ ...target, partition: undefined })}`;
  const got = all.map((disk) => describe(disk, disk.name === medium, places)).join(', ') || 'no disk at all';
  if (found.length === 0) throw scriptErrors.SCRIPT_TARGET_NOT_FOUND({ tried, got });
  if (found.length > 1) throw scriptErrors.SCRIPT_TARGET_AMBIGUOUS({ tried, got });
  return target.partition === undefined ? wholeDisk(found[0]!) : partOf(found[0]!, target);
}

/** As scripts write it in short. */
export function describeTarget({ by, value, partition }: Target): string {
  return `${by === 'rank' ? value : `${by}:${value}`}${partition === undefined ? '' : `#${partition}`}`;
}

/** The name of the disk that the medium's files are on; undefined when that is a CD, or memory. */
export function findMediumDisk(
  places: HardwarePlaces,
  { mediumFolder }: Pick<StepContext, 'mediumFolder'>,
): string | undefined {
  const mounts = (readSysFile(join(places.procFolder, 'mounts')) ?? '').split('\n');
  const points = mounts.map((line) => line.split(' ')[1] ?? '').filter((point) => holds(point, mediumFolder));
  const point = points.sort((one, other) => other.length - one.length)[0];
  return point === undefined ? undefined : mediumDiskName(places, point);
}

function holds(mountPoint: string, path: string): boolean {
  return mountPoint !== '' && `${path}/`.startsWith(mountPoint.endsWith('/') ? mountPoint : `${mountPoint}/`);
}

function parseShort(text: string): Target | undefined {
  const [, rank, by, value, number] =
    /^(?:(only|largest)|(port|serial):(.+?))(?:#([1-9]\d{0,2}))?$/.exec(text) ?? [];
  const part = number === undefined ? {} : { partition: Number(number) };
  if (rank !== undefined) return { by: 'rank', value: rank, ...part };
  if (by === undefined || value === undefined) return undefined;
  return { by: by as 'port' | 'serial', value, ...part };
}

function fromObject(
  written: ({ port: string } | { serial: string } | { disk: string }) & { partition?: number | undefined },
): Target {
  const part = written.partition === undefined ? {} : { partition: written.partition };
  if ('port' in written) return { by: 'port', value: written.port, ...part };
  if ('serial' in written) return { by: 'serial', value: written.serial, ...part };
  return { by: 'rank', value: written.disk, ...part };
}

function candidates(
  { by, value }: Target,
  all: readonly HardwareDisk[],
  medium: string | undefined,
  places: HardwarePlaces,
): readonly HardwareDisk[] {
  if (by === 'serial') return all.filter((disk) => serialOf(disk, places) === value);
  if (by === 'port') {
    // A port is matched from its first `/`, so that `/ata1/` is not `/ata10/`.
    return all.filter(
      ({ port }) => port.includes(value) && (!port.includes('/usb') || value.includes('/usb')),
    );
  }
  const fixed = all.filter(({ name, isRemovable }) => !isRemovable && name !== medium);
  if (value === 'only') return fixed;
  const most = Math.max(...fixed.map(({ sizeBytes }) => sizeBytes));
  return fixed.filter(({ sizeBytes }) => sizeBytes === most);
}

/** virtio-blk; NVMe and cards; SCSI and SATA, whose page 0x80 has a header of 4 bytes (SPC-4, 7.8.15). */
function serialOf({ name }: HardwareDisk, { sysFolder }: HardwarePlaces): string | undefined {
  const folder = join(sysFolder, 'block', name);
  const page = readSysFile(join(folder, 'device/vpd_pg80'))?.slice(4);
  const found = readSysFile(join(folder, 'serial')) ?? readSysFile(join(folder, 'device/serial')) ?? page;
  return found?.replaceAll('\0', '').trim() || undefined;
}

function describe(disk: HardwareDisk, isMedium: boolean, places: HardwarePlaces): string {
  const serial = serialOf(disk, places);
  const facts = [
    formatSize(disk.sizeBytes),
    `port ${disk.port}`,
    ...(serial === undefined ? [] : [`serial ${serial}`]),
    ...(disk.isRemovable ? ['removable'] : []),
    ...(isMedium ? ['the medium is on it'] : []),
  ];
  return `${disk.name} (${facts.join(', ')})`;
}

function wholeDisk(disk: HardwareDisk): ResolvedTarget {
  const { name, device, sizeBytes } = disk;
  return { disk, name, device, sizeBytes, isPartition: false };
}

function partOf(disk: HardwareDisk, target: Target): ResolvedTarget {
  const device = partitionDevice(disk.device, target.partition!);
  const found = disk.partitions.find((partition) => partition.device === device);
  if (found !== undefined) {
    return { disk, name: found.name, device, sizeBytes: found.sectors * sectorBytes, isPartition: true };
  }
  throw scriptErrors.SCRIPT_TARGET_NOT_FOUND({
    tried: `find the partition ${describeTarget(target)}`,
    expected: basename(device),
    got: disk.partitions.map(({ name }) => name).join(', ') || `no partition on ${disk.name}`,
  });
}
