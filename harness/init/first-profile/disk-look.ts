import type { BootFile } from '../../inspection/boot-loaders/boot-files.ts';
import { readBootFiles } from '../../inspection/boot-loaders/boot-files.ts';
import {
  type BootLoader,
  type BootSystem,
  recogniseBootLoaders,
} from '../../inspection/boot-loaders/index.ts';
import { DiskBudget, openFileTree, recogniseFileSystem } from '../../inspection/file-systems/index.ts';
import type { ImageSource } from '../../inspection/image-source.ts';
import { type PartitionReading, readPartitions } from '../../inspection/partition-tables/index.ts';
import { type DiskPartition, partitionName } from '../../inspection/place.ts';
import { findRawData, type RawData } from './raw-data.ts';
import { SystemFiles } from './system-files.ts';

/** What is read of a disk to write its first profile. */
export interface DiskLook {
  table: PartitionReading;
  /** Every partition but the extended ones. */
  systems: BootSystem[];
  /** The file systems that hold a Linux system, in the order of their partitions. */
  roots: SystemFiles[];
  loaders: BootLoader[];
  /** Settings of boot loaders, fstab and their kin, of all partitions. */
  bootFiles: BootFile[];
  rawData: RawData[];
}

export interface LookOptions {
  signal?: AbortSignal;
  /** What is being looked at. */
  onProgress?: (what: string) => void;
}

/**
 * Looks at a disk as the static inspection does (spec H5), as far as a profile needs it; residue and secrets are not looked for. It writes
 * nothing to it.
 *
 * @throws WITNESS_DISK_UNREADABLE, WITNESS_DISK_CHANGED; FOUNDATION_TOOL_MISSING; the signal's reason.
 */
export async function lookAtDisk(
  source: ImageSource,
  { signal, onProgress = () => {} }: LookOptions = {},
): Promise<DiskLook> {
  onProgress('the partition table');
  const table = await readPartitions(source);
  const budget = new DiskBudget(signal);
  const systems: BootSystem[] = [];
  for (const partition of table.partitions.filter(({ kind }) => kind !== 'extended')) {
    signal?.throwIfAborted();
    onProgress(partitionName(partition));
    systems.push(await openSystem(source, partition, budget));
  }
  onProgress('what starts it');
  const { loaders } = await recogniseBootLoaders(source, table, systems);
  const { files: bootFiles } = await readBootFiles(systems);
  const roots = systems
    .flatMap((system) => (system.tree === undefined ? [] : [new SystemFiles(system.partition, system.tree)]))
    .filter((files) => files.isSystem());
  onProgress('what lies outside of partitions');
  return { table, systems, roots, loaders, bootFiles, rawData: await findRawData(source, table, signal) };
}

async function openSystem(
  source: ImageSource,
  partition: DiskPartition,
  budget: DiskBudget,
): Promise<BootSystem> {
  const fileSystem = await recogniseFileSystem(source, partition);
  const { tree } = await openFileTree(source, fileSystem, undefined, budget);
  return { partition, fileSystem, ...(tree === undefined ? {} : { tree }) };
}
