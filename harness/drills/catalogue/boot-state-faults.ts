import { z } from 'zod';
import { type ByteRange, overwriteRanges } from '../../faults/index.ts';
import { inspectDisk } from '../../witness/index.ts';
import { drillsErrors } from '../errors.ts';
import { declareFault, type FaultTargetDisk } from '../fault-declaration.ts';
import { injectedDamage } from './damage-ranges.ts';
import { imageOf } from './image-of.ts';
import { how, partition } from './parameters.ts';

/** Each system partition of a redundant layout has them (docs/logic-file.md, "Boot states"). */
const path = '/bstate.txt';
const copyBytes = 4096;

/** Faults of a disk at rest in the boot states of a machine that boots to a known state (spec B3). */
export const bootStateFaults = [
  declareFault({
    name: 'boot-states-damaged',
    layer: 'disk-at-rest',
    summary: 'the boot states of system partitions are damaged, in one copy or in both',
    proves: 'one copy of the boot states is as good as both, and without any a system is found that starts',
    parameters: z.object({
      copies: z
        .enum(['newest', 'oldest', 'all'])
        .default('newest')
        .describe('the one that counts, the one before it, or both; of each partition'),
      partition: partition
        .optional()
        .describe('number of the one partition; all of the disk that have boot states without it'),
      how: how.describe('what the bytes become'),
    }),
    when: 'off',
    disk: 'image',
    needs: 'layout',
    async inject(target, { copies, partition, how }) {
      const disk = await imageOf(target);
      const { ranges, partitions } = await placesOf(disk, copies, partition, target.scratchFolder);
      const which = copies === 'all' ? 'both copies' : `the ${copies} copy`;
      const where = `${which} of the boot states of partition ${partitions.join(' and ')}`;
      return injectedDamage(await overwriteRanges(disk.path, ranges, where, { how, seed: target.seed }));
    },
  }),
];

async function placesOf(
  { name, path: diskPath, layout }: FaultTargetDisk,
  copies: 'newest' | 'oldest' | 'all',
  only: number | string | undefined,
  scratchFolder: string,
): Promise<{ ranges: ByteRange[]; partitions: (number | string)[] }> {
  await using disk = await inspectDisk(diskPath, { scratchFolder, ...(layout && { layout }) });
  const candidates = only === undefined ? await systemPartitions(disk) : [only];
  const ranges: ByteRange[] = [];
  const partitions: (number | string)[] = [];
  for (const which of candidates) {
    const inspected = await disk.partition(which);
    if (only === undefined && !(await inspected.has(path))) continue;
    const [place, ...others] = await inspected.locate(path);
    if (place?.lengthBytes !== 2 * copyBytes || others.length > 0) continue;
    const numbers = copies === 'all' ? [0, 1] : [await numberOf(inspected, copies)];
    partitions.push(which);
    ranges.push(
      ...numbers.map((number) => ({
        offsetBytes: place.offsetBytes + number * copyBytes,
        lengthBytes: copyBytes,
      })),
    );
  }
  if (ranges.length > 0) return { ranges, partitions };
  throw drillsErrors.DRILLS_NOT_APPLICABLE({
    tried: `damage the boot states of disk ${name}`,
    expected: `a partition with ${path} in one piece of ${2 * copyBytes} bytes`,
    got: 'none',
  });
}

type InspectedDisk = Awaited<ReturnType<typeof inspectDisk>>;
type Partition = Awaited<ReturnType<InspectedDisk['partition']>>;

/** The FAT partitions: no other can be a system partition. */
async function systemPartitions(disk: InspectedDisk): Promise<number[]> {
  const { partitions } = await disk.partitionTable();
  const found: number[] = [];
  for (const { number, isExtended } of partitions) {
    if (!isExtended && (await (await disk.partition(number)).fileSystem()).kind === 'fat') found.push(number);
  }
  return found;
}

/** The copy with the higher sequence number, or the other one; where none counts, the first one. */
async function numberOf(partition: Partition, which: 'newest' | 'oldest'): Promise<number> {
  const { copies, value } = await partition.bootStates();
  const newest = value === null ? 0 : copies.indexOf(value);
  return which === 'newest' ? newest : 1 - newest;
}
