import { join } from 'node:path';
import { z } from 'zod';
import { scriptErrors } from '../errors.ts';
import type { StepContext } from '../step-kind.ts';
import { readFileSystem } from './disk-content.ts';
import type { DiskMachine } from './disk-machine.ts';
import type { MountedVolume } from './mount-volume.ts';
import { pathInScript } from './path-in-script.ts';
import { pathInside } from './path-inside.ts';
import { describeTarget, partitionTargetSchema, resolveTarget } from './targets.ts';

const path = z.string().min(1);

/** A file or folder on a partition, which is mounted for as long as the step takes. */
export const partitionPlaceSchema = z.strictObject({
  partition: partitionTargetSchema,
  path: path.describe('From the root of its file system.'),
});

/** A file or folder: a path, relative to the script; one on the medium; or one on a partition. */
export const filePlaceSchema = z.union([path, z.strictObject({ medium: path }), partitionPlaceSchema], {
  error: 'write a path, { medium: PATH }, or { partition: TARGET, path: PATH }',
});

export type FilePlace = z.output<typeof filePlaceSchema>;

export interface FileRequest {
  place: FilePlace;
  use: 'read' | 'write';
}

/** A place that can be reached now. */
export interface OpenPlace {
  /** Its path on this system, links followed. */
  path: string;
  /** The folder that absolute links begin in. */
  root: string;
  /** For people: `/etc/hosts on only#3`. */
  words: string;
}

/**
 * Mounts what is needed to reach several places, does something with them, and unmounts again, whatever happens. A
 * partition that holds several of them is mounted once.
 *
 * @throws SCRIPT_TARGET_NOT_FOUND, SCRIPT_TARGET_AMBIGUOUS, SCRIPT_FILE_SYSTEM_UNKNOWN, SCRIPT_PROGRAM_FAILED, and what
 * `work` throws, which a failure to unmount does not hide.
 */
export async function withFilePlaces<Result>(
  requests: readonly FileRequest[],
  machine: DiskMachine,
  context: StepContext,
  work: (places: readonly OpenPlace[]) => Promise<Result>,
): Promise<Result> {
  const mounted = new Map<string, MountedVolume>();
  let result: Result;
  try {
    for (const [device, readOnly] of devicesOf(requests, machine, context)) {
      mounted.set(device, await mountDevice(device, readOnly, machine, context));
    }
    const places: OpenPlace[] = [];
    for (const { place } of requests) places.push(await openPlace(place, mounted, machine, context));
    result = await work(places);
  } catch (error) {
    await unmountAll(mounted).catch((second) => context.log(`cannot unmount: ${(second as Error).message}`));
    throw error;
  }
  await unmountAll(mounted);
  return result;
}

/** The devices to be mounted, and whether nobody wants to write there. */
function devicesOf(
  requests: readonly FileRequest[],
  { places }: DiskMachine,
  context: StepContext,
): Map<string, boolean> {
  const devices = new Map<string, boolean>();
  for (const { place, use } of requests) {
    if (typeof place === 'string' || 'medium' in place) continue;
    const { device } = resolveTarget(place.partition, places, context);
    devices.set(device, use === 'read' && (devices.get(device) ?? true));
  }
  return devices;
}

async function mountDevice(
  device: string,
  readOnly: boolean,
  machine: DiskMachine,
  context: StepContext,
): Promise<MountedVolume> {
  context.signal.throwIfAborted();
  const fileSystem = await readFileSystemOf(device, machine);
  if (fileSystem !== undefined) {
    return await machine.mount({ device, fileSystem, readOnly }, machine.workFolder, context);
  }
  throw scriptErrors.SCRIPT_FILE_SYSTEM_UNKNOWN({ tried: `mount ${device}`, expected: 'ext4 or FAT' });
}

async function readFileSystemOf(device: string, { open }: DiskMachine) {
  await using access = await open(device, 'read');
  return await readFileSystem(access);
}

async function openPlace(
  place: FilePlace,
  mounted: ReadonlyMap<string, MountedVolume>,
  { places }: DiskMachine,
  context: StepContext,
): Promise<OpenPlace> {
  if (typeof place === 'string') {
    const path = pathInScript(place, context);
    return { path, root: '/', words: path };
  }
  if ('medium' in place) {
    const path = join(context.mediumFolder, place.medium);
    return { path, root: '/', words: path };
  }
  const { folder: root } = mounted.get(resolveTarget(place.partition, places, context).device)!;
  const words = `${join('/', place.path)} on ${describeTarget(place.partition)}`;
  return { path: await pathInside(root, place.path), root, words };
}

async function unmountAll(mounted: ReadonlyMap<string, MountedVolume>): Promise<void> {
  const results = await Promise.allSettled([...mounted.values()].map((volume) => volume.unmount()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
