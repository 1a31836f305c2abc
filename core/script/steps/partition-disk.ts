import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { formatSize, sectorBytes } from '../../../foundation/index.ts';
import { partitionDevice } from '../../layout/find-in-layout.ts';
import { stepKind } from '../step-kind.ts';
import { assertBlank } from './disk-content.ts';
import { type DiskMachine, diskMachine } from './disk-machine.ts';
import { assertWritable } from './disk-use.ts';
import { formatPartition } from './format.ts';
import { rereadTable, untilPartitionsAre } from './kernel-partitions.ts';
import { layOutDisk } from './lay-out-disk.ts';
import { partitionsSchema, placePlan } from './partition-plan.ts';
import { pathInScript } from './path-in-script.ts';
import { readPlan } from './read-plan.ts';
import { diskTargetSchema, resolveTarget } from './targets.ts';

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
        await layOutDisk(access, placed, target);
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
