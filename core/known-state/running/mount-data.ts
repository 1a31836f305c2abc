import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ext4Repair } from '../../file-system/repair-ext4.ts';
import { findOptionalDiskByPort } from '../../layout/find-disk-by-port.ts';
import { partitionDevice } from '../../layout/find-in-layout.ts';
import { type RunProgram, runProgram } from '../../script/run-program.ts';
import { reasonOf } from '../reason-of.ts';
import type { RedundantDisk, RedundantPartition } from '../redundant-layout.ts';
import type { RunningSystem } from './running-system.ts';
import { within } from './within.ts';

/** By the partition's name: `mounted`, or why it is not. */
export type DataReport = Record<string, string>;

/** Disks that are slower to answer than the system's own. */
const diskWaitMs = 3000;
/** A file system that takes longer to be checked is mounted by hand; the system does not wait for it. */
const mountLimitMs = 120_000;

/**
 * Mounts the application's data (spec B8): the first data partition of the layout at `/data`, others below `/run/data`,
 * each checked before and repaired (`ext4Repair`). What is missing or broken is reported, and never keeps the system from being up.
 */
export async function mountData(
  { configuration, places }: Pick<RunningSystem, 'configuration' | 'places'>,
  run: RunProgram = runProgram,
  waitMs = diskWaitMs,
): Promise<DataReport> {
  const data = configuration.layout.disks.flatMap((disk) =>
    disk.partitions.filter(({ holds }) => holds === 'data').map((partition) => ({ disk, partition })),
  );
  const report: DataReport = {};
  for (const [index, { disk, partition }] of data.entries()) {
    const folder = index === 0 ? places.dataFolder : join(places.furtherDataFolder, partition.name);
    try {
      const device = await findDevice(disk, partition, places.sysFolder, waitMs);
      await within(mountLimitMs, `mount ${device}`, mount(device, folder, run));
      report[partition.name] = 'mounted';
    } catch (error) {
      report[partition.name] = reasonOf(error);
    }
  }
  return report;
}

async function findDevice(
  { name, ports }: RedundantDisk,
  { number }: RedundantPartition,
  sysFolder: string,
  waitMs: number,
): Promise<string> {
  const endMs = performance.now() + waitMs;
  for (;;) {
    const device = await findOptionalDiskByPort(ports, sysFolder);
    if (device !== null) return partitionDevice(device, number);
    if (performance.now() >= endMs) throw new Error(`there is no disk ${name} on ${ports.join(', ')}`);
    await pause(100);
  }
}

async function mount(device: string, folder: string, run: RunProgram): Promise<void> {
  if (await isMounted(folder)) return;
  await mkdir(folder, { recursive: true });
  const { signal } = new AbortController();
  await run('sh', ['-c', ext4Repair(device)], { signal });
  await run('mount', ['-t', 'ext4', '-o', 'rw,noatime', device, folder], { signal });
}

async function isMounted(folder: string): Promise<boolean> {
  const lines = (await readFile('/proc/mounts', 'utf8')).split('\n');
  return lines.some((line) => line.split(' ')[1] === folder);
}
