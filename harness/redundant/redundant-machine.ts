import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { copySparse } from '../../foundation/index.ts';
import type { Machine, MachineSpec } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import { harnessErrors } from '../errors.ts';
import type { RedundantSet } from './redundant-set.ts';

/** How a machine differs from the declared one. */
export interface RedundantMachineOptions {
  name: string;
  /** Sectors that cannot be read, by the disk's name. */
  badSectors?: Record<string, number[]>;
  /** Names of disks whose every request passes through the runner (`machine.disk(name)`). */
  intercepted?: readonly string[];
  /** Names of disks that are not in the machine: their ports are empty. */
  withoutDisks?: readonly string[];
  /** Whatever else of its declaration is another way: `memoryMiB`, `nics`, `cdPath`, … */
  machine?: Partial<Omit<MachineSpec, 'name' | 'disks'>>;
}

/** A disk of a machine that boots to a known state. */
export interface RedundantMachineDisk {
  /** As the layout names it. */
  name: string;
  /** The machine's own copy of the raw image. */
  path: string;
  /** Name and number of the partitions that hold a system. */
  systemPartitions: { name: string; number: number }[];
}

/** What a machine has in QEMU's places: the ports of the layout, to controllers and their ports. */
const places = [
  { pattern: /^\/0000:00:1([0-9a-f])\.0\/$/, controller: 'virtio', first: 0 },
  { pattern: /^\/0000:00:1f\.2\/ata([1-5])\/$/, controller: 'ahci', first: 1 },
] as const;

/**
 * Declares a machine that boots to a known state: copies of a set's disks on the ports of their layout, the medium
 * first in the boot order, the watchdog that the layout counts on. It is off, and its disks keep what is written to them.
 *
 * @throws HARNESS_SCENARIO_INVALID when a disk of the layout has no port that an emulated machine has.
 * @example
 * const { machine, disks } = await redundantMachine(bench, await redundantSet(bench), { name: 'alpha' });
 * const running = await machine.powerOn();
 * await running.console.expect('ASSAY READY');
 */
export async function redundantMachine(
  bench: Bench,
  set: RedundantSet,
  options: RedundantMachineOptions,
): Promise<{ machine: Machine; disks: RedundantMachineDisk[] }> {
  const { name, badSectors = {}, intercepted = [], withoutDisks = [] } = options;
  const { layout } = set.configuration;
  const there = layout.disks.filter((disk) => !withoutDisks.includes(disk.name));
  const folder = join(bench.workFolder, name);
  await mkdir(folder, { recursive: true });
  const disks: RedundantMachineDisk[] = [];
  for (const disk of there) {
    const path = join(folder, `${disk.name}.raw`);
    await copySparse(set.diskPaths[disk.name]!, path);
    const systems = disk.partitions.filter(({ holds }) => holds === 'system');
    disks.push({
      name: disk.name,
      path,
      systemPartitions: systems.map(({ name, number }) => ({ name, number })),
    });
  }
  const declared = there.map((disk, index) => ({
    ...{ name: disk.name, path: disks[index]!.path, writes: 'kept' as const },
    ...placeOf(disk),
    badSectors: badSectors[disk.name] ?? [],
    intercepted: intercepted.includes(disk.name),
  }));
  const machine = await bench.machine({
    ...{ name, memoryMiB: 768, disks: declared, cdPath: set.mediumPath },
    bootOrder: ['cd', ...there.map((disk) => disk.name)],
    ...(layout.watchdog === undefined ? {} : { watchdog: layout.watchdog.kind }),
    ...options.machine,
  });
  return { machine, disks };
}

/** The first port of the layout that an emulated machine has. */
function placeOf({ name, ports }: { name: string; ports: readonly string[] }) {
  for (const port of ports) {
    for (const { pattern, controller, first } of places) {
      const [, number] = pattern.exec(port) ?? [];
      // The machines' own devices end the places of virtio disks at 0x1e.
      if (number !== undefined) return { controller, port: Number.parseInt(number, 16) - first };
    }
  }
  throw harnessErrors.HARNESS_SCENARIO_INVALID({
    ...{ tried: `put disk ${name} into an emulated machine`, got: ports.join(', ') },
    expected: 'a port such as /0000:00:10.0/ or /0000:00:1f.2/ata1/',
  });
}
