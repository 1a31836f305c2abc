import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { formatSize, sectorBytes } from '../../../foundation/index.ts';
import { allocateAligned } from '../../factory/clone/aligned-memory.ts';
import { partitionDevice } from '../../layout/find-in-layout.ts';
import { alignmentSectors } from '../../layout/resolve-layout.ts';
import { scriptErrors } from '../errors.ts';
import { stepKind } from '../step-kind.ts';
import { assertBlank } from './disk-content.ts';
import { type DiskMachine, diskMachine } from './disk-machine.ts';
import { assertWritable } from './disk-use.ts';
import { formatPartition } from './format.ts';
import type { DiskAccess } from './hardware/disk-access.ts';
import { rereadTable, untilPartitionsAre } from './kernel-partitions.ts';
import { type PlacedPlan, partitionsSchema, placePlan } from './partition-plan.ts';
import { pathInScript } from './path-in-script.ts';
import { readPlan } from './read-plan.ts';
import { diskTargetSchema, resolveTarget } from './targets.ts';

const mebibyteBytes = alignmentSectors * sectorBytes;

const options = z
  .strictObject({
    disk: diskTargetSchema.describe('The disk: only, largest, port:PATH or serial:NUMBER.'),
    plan: z
      .string()
      .min(1)
      .optional()
      .describe('A file with the list of partitions, relative to the script.'),
    partitions: partitionsSchema.optional().describe('The list itself, instead of a file.'),
    overwrite: z.boolean().default(false).describe('Also a disk that holds something; its content is lost.'),
  })
  .refine(
    ({ plan, partitions }) => (plan === undefined) !== (partitions === undefined),
    'write either plan or partitions',
  );

/**
 * Makes the kind `partition-disk` (spec R7). Everything that can be refused is refused before the first sector is
 * written. The master boot record comes last, so that a disk that was cut off has no table rather than half of one.
 */
export function makePartitionDisk({ places, open }: DiskMachine) {
  return stepKind({
    name: 'partition-disk',
    summary: 'partition and format a disk',
    options,
    async run({ disk, plan, partitions, overwrite }, context) {
      const planned = partitions ?? (await readPlan(pathInScript(plan!, context)));
      const target = resolveTarget(disk, places, context);
      assertWritable(target, places, context);
      const placed = placePlan(planned, target.sizeBytes, randomInt(1, 2 ** 32));
      {
        await using access = await open(target.device, 'write');
        if (!overwrite) await assertBlank(target, access);
        context.signal.throwIfAborted();
        await eraseTraces(access, placed, target.sizeBytes);
        await writeTable(access, placed, target.device);
      }
      await rereadTable(target.device, context);
      await untilPartitionsAre(placed.partitions, target.device, places, context);
      for (const partition of placed.partitions) {
        const device = partitionDevice(target.device, partition.number);
        await formatPartition(device, partition, context);
        context.log(`${device}: ${partition.fileSystem}, ${formatSize(partition.sectors * sectorBytes)}`);
      }
      return { disk: target.name, sizeBytes: target.sizeBytes, partitions: placed.partitions.length };
    },
  });
}

/** Partitions and formats a disk by a text file. */
export const partitionDisk = makePartitionDisk(diskMachine);

/**
 * The first and the last MiB of the disk, where loaders, raw records, GPT and arrays are, and of each partition, where
 * superblocks are, and the room of each link between logical drives: what lay there before must not be taken for the content of a new partition.
 */
async function eraseTraces(
  access: DiskAccess,
  { partitions, table }: PlacedPlan,
  sizeBytes: number,
): Promise<void> {
  const endOf = (positionBytes: number) => Math.max(0, positionBytes - mebibyteBytes);
  const wholeBytes = sizeBytes - (sizeBytes % mebibyteBytes);
  const positions = [endOf(wholeBytes), ...table.map(({ sector }) => sector * sectorBytes)];
  for (const { firstSector, sectors } of partitions) {
    positions.push(firstSector * sectorBytes, endOf((firstSector + sectors) * sectorBytes));
  }
  const zeros = allocateAligned(mebibyteBytes);
  for (const position of positions) await access.write(zeros, position);
  // What the last whole MiB leaves is less than one, and not always a multiple of what O_DIRECT takes.
  if (sizeBytes > wholeBytes) await access.write(zeros.subarray(0, sizeBytes - wholeBytes), wholeBytes);
  await access.sync();
}

async function writeTable(access: DiskAccess, { table }: PlacedPlan, device: string): Promise<void> {
  // Each sector lies at the beginning of a MiB that was erased, and what is written at once is a whole page of it.
  const pages = table.map(({ sector, bytes }) => {
    const page = allocateAligned(4096);
    page.set(bytes);
    return { positionBytes: sector * sectorBytes, page };
  });
  for (const { positionBytes, page } of pages.toReversed()) {
    await access.write(page, positionBytes);
    await access.sync();
  }
  const read = allocateAligned(4096);
  for (const { positionBytes, page } of pages) {
    const bytesRead = await access.read(read, positionBytes);
    if (bytesRead === read.length && read.equals(page)) continue;
    throw scriptErrors.SCRIPT_DISK_DIFFERS({
      tried: 'read back the partition table',
      where: `${device}, sector ${positionBytes / sectorBytes}`,
    });
  }
}
