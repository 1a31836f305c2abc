import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { errorMessage, parseConfig, sectorBytes } from '../../foundation/index.ts';
import { findDiskByPort } from '../layout/find-disk-by-port.ts';
import { knownStateErrors } from './errors.ts';
import { type Area, areaSchema } from './manifest.ts';
import { type ResolvedRedundantLayout, systemPartitions } from './redundant-layout.ts';
import type { PartitionProblem, SystemPartitionAccess } from './state-store.ts';

/** Where the parts of a system partition lie that are reached without its file system. */
export interface PartitionAreas {
  states: Area;
  manifest: Area;
}

/** What the medium (`system/known-state.json`) and every system (`/etc/assay/known-state.json`) know. Plain JSON. */
export interface KnownStateConfiguration {
  layout: ResolvedRedundantLayout;
  /** By the system partition's name. */
  areas: Record<string, PartitionAreas>;
  /** Of the manifests' signatures: Ed25519, PEM. */
  publicKey: string;
}

/** A system partition whose disk is there. */
export interface LocatedPartition extends SystemPartitionAccess {
  /** The name of its disk in the layout. */
  disk: string;
  /** In the partition table, 1 to 4. */
  number: number;
  sizeBytes: number;
  manifest: Area;
}

/** A disk that holds system partitions. */
export interface LocatedDisk {
  name: string;
  /** Undefined when none is on its port. */
  device: string | undefined;
  problem?: string;
}

export interface LocatedSystem {
  disks: LocatedDisk[];
  /** In the order of the layout; those whose disk is missing are under `problems`. */
  partitions: LocatedPartition[];
  problems: PartitionProblem[];
}

const partitionSchema = z.strictObject({
  name: z.string(),
  holds: z.enum(['system', 'data']),
  disk: z.string(),
  number: z.int().min(1).max(4),
  firstSector: z.int().positive(),
  sectors: z.int().positive(),
});

const configurationSchema = z.strictObject({
  layout: z.strictObject({
    name: z.string(),
    watchdog: z.strictObject({ kind: z.literal('ib700'), seconds: z.int().positive() }).optional(),
    disks: z.array(
      z.strictObject({
        name: z.string(),
        sizeBytes: z.int().positive(),
        ports: z.array(z.string()).min(1),
        partitions: z.array(partitionSchema),
      }),
    ),
  }),
  areas: z.record(z.string(), z.strictObject({ states: areaSchema, manifest: areaSchema })),
  publicKey: z.string(),
});

/**
 * Reads the description of a redundant system.
 *
 * @throws KNOWN_STATE_CONFIGURATION_UNREADABLE when it is not there or no JSON, FOUNDATION_CONFIG_INVALID when it has
 * another form.
 */
export async function readConfiguration(path: string): Promise<KnownStateConfiguration> {
  const tried = 'read the description of the redundant system';
  const unreadable = (got: string, cause?: unknown) =>
    knownStateErrors.KNOWN_STATE_CONFIGURATION_UNREADABLE({ tried, where: path, got }, cause);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw unreadable(errorMessage(error), error);
  }
  const configuration = parseConfig(configurationSchema, value, path) as KnownStateConfiguration;
  for (const { name } of systemPartitions(configuration.layout)) {
    if (configuration.areas[name] === undefined) throw unreadable(`it has no areas of ${name}`);
  }
  return configuration;
}

/**
 * Finds the system partitions on the disks that hang on the layout's ports (spec M8: never by what a disk holds). Never
 * throws for a disk that is missing: the others may do.
 *
 * @param waitMs How long to wait for disks that the kernel has not found yet.
 */
export async function locateSystemPartitions(
  { layout, areas }: KnownStateConfiguration,
  sysFolder = '/sys',
  { waitMs = 0 } = {},
): Promise<LocatedSystem> {
  const holders = layout.disks.filter(({ partitions }) => partitions.some(({ holds }) => holds === 'system'));
  const disks: LocatedDisk[] = [];
  const endMs = performance.now() + waitMs;
  for (const { name, ports } of holders) disks.push(await locateDisk(name, ports, sysFolder, endMs));
  const located: LocatedSystem = { disks, partitions: [], problems: [] };
  for (const { name, disk, number, firstSector, sectors } of systemPartitions(layout)) {
    const { device, problem = '' } = disks.find((candidate) => candidate.name === disk)!;
    if (device === undefined) {
      located.problems.push({ partition: name, problem });
      continue;
    }
    const place = { offsetBytes: firstSector * sectorBytes, sizeBytes: sectors * sectorBytes };
    located.partitions.push({ name, disk, device, number, ...place, ...areas[name]! });
  }
  return located;
}

async function locateDisk(
  name: string,
  ports: readonly string[],
  sysFolder: string,
  endMs: number,
): Promise<LocatedDisk> {
  for (;;) {
    try {
      return { name, device: await findDiskByPort(ports, sysFolder) };
    } catch (error) {
      const problem = `the disk "${name}" was not found on ${ports.join(' or ')}`;
      if (performance.now() >= endMs)
        return { name, device: undefined, problem: `${problem}: ${codeOf(error)}` };
    }
    await sleep(200);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : errorMessage(error);
}
