import { realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sectorBytes } from '../../../foundation/index.ts';
import { scriptErrors } from '../errors.ts';
import type { StepContext } from '../step-kind.ts';
import type { HardwarePlaces } from './hardware/places.ts';
import { readSysFile, readSysFolder } from './hardware/sys-file.ts';
import { findMediumDisk, type ResolvedTarget } from './targets.ts';

/**
 * Refuses a disk or partition whose content something lives on: mounted, swap, part of an array or a volume group, the
 * medium itself; and one that cannot be written (spec R7). Its partitions count for a disk, and the whole disk for each.
 *
 * @throws SCRIPT_TARGET_IN_USE, SCRIPT_TARGET_UNUSABLE
 */
export function assertWritable(
  target: ResolvedTarget,
  places: HardwarePlaces,
  context: Pick<StepContext, 'mediumFolder'>,
): void {
  const facts = { tried: `take ${target.name} to write it anew`, where: target.device };
  const use = findUse(target, places, context);
  if (use !== undefined) throw scriptErrors.SCRIPT_TARGET_IN_USE({ ...facts, got: use });
  const problem = findObstacle(target, places);
  if (problem !== undefined) throw scriptErrors.SCRIPT_TARGET_UNUSABLE({ ...facts, got: problem });
}

function findUse(
  { disk, name, isPartition }: ResolvedTarget,
  places: HardwarePlaces,
  context: Pick<StepContext, 'mediumFolder'>,
): string | undefined {
  if (findMediumDisk(places, context) === disk.name) return `the medium itself is on ${disk.name}`;
  const parts = isPartition ? [name] : disk.partitions.map((partition) => partition.name);
  const names = new Set([disk.name, ...parts]);
  for (const [device, point] of deviceLines(join(places.procFolder, 'mounts'))) {
    if (names.has(device)) return `${device} is mounted on ${point}`;
  }
  for (const [device] of deviceLines(join(places.procFolder, 'swaps'))) {
    if (names.has(device)) return `${device} is used for swapping`;
  }
  const diskFolder = join(places.sysFolder, 'block', disk.name);
  for (const part of names) {
    const folder = part === disk.name ? diskFolder : join(diskFolder, part);
    const holders = readSysFolder(join(folder, 'holders'));
    if (holders.length > 0) return `${part} is part of ${holders.join(', ')}`;
  }
  return undefined;
}

/** The first two words of each line that begins with a device, which may be a link to it. */
function deviceLines(path: string): [device: string, next: string][] {
  const lines = (readSysFile(path) ?? '').split('\n').map((line) => line.split(/\s+/));
  return lines
    .filter(([first]) => first?.startsWith('/'))
    .map(([first, next]) => [nameOf(first!), next ?? '']);
}

function nameOf(devicePath: string): string {
  try {
    return basename(realpathSync.native(devicePath));
  } catch {
    return basename(devicePath);
  }
}

function findObstacle({ disk }: ResolvedTarget, { sysFolder }: HardwarePlaces): string | undefined {
  const folder = join(sysFolder, 'block', disk.name);
  if (readSysFile(join(folder, 'ro')) === '1') return `${disk.name} is read-only`;
  const logicalBytes = Number(readSysFile(join(folder, 'queue/logical_block_size')) ?? sectorBytes);
  if (logicalBytes !== sectorBytes)
    return `${disk.name} has sectors of ${logicalBytes} bytes, not ${sectorBytes}`;
  return undefined;
}
