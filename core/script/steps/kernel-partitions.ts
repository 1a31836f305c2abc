import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { partitionDevice } from '../../layout/find-in-layout.ts';
import { scriptErrors } from '../errors.ts';
import type { StepContext } from '../step-kind.ts';
import { listHardwareDisks } from './hardware/disks.ts';
import type { HardwarePlaces } from './hardware/places.ts';
import type { PlacedPartition } from './partition-plan.ts';

const attempts = 50;
const pauseMs = 200;

/**
 * Asks the kernel to read a partition table again. It refuses while somebody looks at the disk, so it is asked more
 * than once.
 *
 * @throws SCRIPT_PROGRAM_FAILED
 */
export async function rereadTable(
  device: string,
  context: Pick<StepContext, 'runProgram' | 'signal'>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await context.runProgram('blockdev', ['--rereadpt', device]);
      return;
    } catch (error) {
      if (attempt === 10) throw error;
      await sleep(pauseMs, undefined, { signal: context.signal });
    }
  }
}

/**
 * Waits until the kernel has exactly these places for the partitions of a disk, and their device nodes are there.
 *
 * @throws SCRIPT_DISK_DIFFERS when they are not after 10 seconds.
 */
export async function untilPartitionsAre(
  partitions: readonly PlacedPartition[],
  diskDevice: string,
  places: HardwarePlaces,
  { signal }: Pick<StepContext, 'signal'>,
): Promise<void> {
  const expected = partitions.map(({ number, firstSector, sectors }) =>
    describe(partitionDevice(diskDevice, number), firstSector, sectors),
  );
  for (let attempt = 1; ; attempt += 1) {
    const seen = partitionsSeen(diskDevice, places);
    if (expected.every((partition) => seen.includes(partition))) return;
    if (attempt === attempts) {
      throw scriptErrors.SCRIPT_DISK_DIFFERS({
        tried: `wait for the partitions of ${diskDevice}`,
        expected: expected.join(', '),
        got: seen.join(', ') || 'none',
      });
    }
    await sleep(pauseMs, undefined, { signal });
  }
}

/** The kernel says of the extended partition, too; those that lack their node are left out. */
function partitionsSeen(diskDevice: string, places: HardwarePlaces): string[] {
  const disk = listHardwareDisks(places).find(({ device }) => device === diskDevice);
  const there = (disk?.partitions ?? []).filter(({ device }) => existsSync(device));
  return there.map(({ device, firstSector, sectors }) => describe(device, firstSector, sectors));
}

function describe(device: string, firstSector: number, sectors: number): string {
  return `${device} (sectors ${firstSector} to ${firstSector + sectors - 1})`;
}
