import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OpenDisk, openDisk } from '../../script/steps/hardware/disk-access.ts';
import {
  type KnownStateConfiguration,
  type LocatedSystem,
  locateSystemPartitions,
  readConfiguration,
} from '../configuration.ts';
import { knownStateErrors } from '../errors.ts';
import { readPartitionManifest } from '../partition-manifest.ts';
import { systemPartitions } from '../redundant-layout.ts';
import { readBootStatus } from './boot-status.ts';
import { findPartition } from './find-partition.ts';
import { type RunningPlaces, runningPlaces } from './running-places.ts';
import { type MachineNames, nameMachine } from './system-event.ts';

/** The system that runs: which partition it was started from, and where all system partitions are. */
export interface RunningSystem {
  places: RunningPlaces;
  configuration: KnownStateConfiguration;
  /** The partition that it was started from: `system-2`. */
  name: string;
  /** The version that this partition's manifest names, for people; `unknown` when the manifest is not right. */
  version: string;
  /** Every system partition whose disk is there, and what is missing. */
  located: LocatedSystem;
  machine: MachineNames;
  openDisk: OpenDisk;
}

/** Further disks may be slower to answer than the one that this system came from. */
const diskWaitMs = 3000;

/**
 * Finds out from what the system was started, and where the system partitions are.
 *
 * @throws KNOWN_STATE_NOT_FROM_A_PARTITION when the kernel was not told which partition it comes from,
 * KNOWN_STATE_CONFIGURATION_UNREADABLE.
 */
export async function openRunningSystem(places = runningPlaces): Promise<RunningSystem> {
  const [configuration, commandLine] = await Promise.all([
    readConfiguration(places.configurationPath),
    readFile(places.commandLinePath, 'utf8'),
  ]);
  const name = startedPartition(commandLine, configuration);
  const located = await locateSystemPartitions(configuration, places.sysFolder, { waitMs: diskWaitMs });
  const machine = nameMachine(places.sysFolder);
  const system = { places, configuration, name, located, machine, openDisk };
  return { ...system, version: await readVersion(system) };
}

function startedPartition(commandLine: string, { layout }: KnownStateConfiguration): string {
  const [, name] = /(?:^|\s)assay\.partition=(\S+)/.exec(commandLine) ?? [];
  const known = systemPartitions(layout).map((partition) => partition.name);
  if (name !== undefined && known.includes(name)) return name;
  throw knownStateErrors.KNOWN_STATE_NOT_FROM_A_PARTITION({
    tried: 'find out which system partition was started',
    expected: `assay.partition= with one of ${known.join(', ')}`,
    got: name ?? 'no such argument of the kernel',
  });
}

async function readVersion(system: Omit<RunningSystem, 'version'>): Promise<string> {
  // An update may have put another one on the partition since this system was started from it.
  const service = await readBootStatus(system);
  if (service !== null) return service.version;
  try {
    const partition = findPartition(system, system.name);
    await using disk = await system.openDisk(partition.device, 'read');
    return (await readPartitionManifest(partition, disk, system.configuration.publicKey)).version;
  } catch {
    return 'unknown';
  }
}

/** Where what this start of the machine has seen is kept for `known-state status`. */
export function statusPathOf({ places }: Pick<RunningSystem, 'places'>): string {
  return join(places.runFolder, 'boot-status.json');
}
