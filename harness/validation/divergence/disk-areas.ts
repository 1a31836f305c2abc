import { type DiskPartition, partitionName } from '../../inspection/place.ts';

/** A part of a disk that belongs to one place. */
export interface DiskArea {
  start: number;
  end: number;
  /** The index of its place. */
  place: number;
}

/** The name of everything that lies in no partition: boot code, partition tables, gaps. It is the first place of all disks. */
export const outsideOfPartitions = 'outside of partitions';

/** One partition, in the table of the master and in that of the clone. */
export interface PartitionPair {
  /** Undefined when the clone has made it. */
  before: DiskPartition | undefined;
  now: DiskPartition;
}

/** The partitions of both tables: a first boot may grow one, or make one. What the clone's table does not have any more is looked at where it was. */
export function pairPartitions(
  master: readonly DiskPartition[],
  clone: readonly DiskPartition[],
): PartitionPair[] {
  const isInner = ({ kind }: DiskPartition) => kind !== 'extended';
  const [old, now] = [master.filter(isInner), clone.filter(isInner)];
  const at = (partitions: readonly DiskPartition[], { offsetBytes }: DiskPartition) =>
    partitions.find((partition) => partition.offsetBytes === offsetBytes);
  // A disk without a table any more is none that has one partition.
  const isMade = (partition: DiskPartition) => partition.kind !== 'whole-disk' && !at(old, partition);
  return [
    ...old.map((before) => ({
      before,
      now: { ...before, sizeBytes: (at(now, before) ?? before).sizeBytes },
    })),
    ...now.filter(isMade).map((made) => ({ before: undefined, now: made })),
  ];
}

/** Divides a disk into what belongs to its partitions and what lies outside; of overlapping partitions, the smallest has it. */
export function areasOfDisk(
  inner: readonly DiskPartition[],
  sizeBytes: number,
): { places: string[]; areas: DiskArea[] } {
  const edges = new Set([0, sizeBytes]);
  for (const { offsetBytes, sizeBytes: length } of inner) {
    edges.add(Math.min(offsetBytes, sizeBytes));
    edges.add(Math.min(offsetBytes + length, sizeBytes));
  }
  const sorted = [...edges].sort((a, b) => a - b);
  const areas: DiskArea[] = [];
  for (const [index, end] of sorted.entries()) {
    if (index === 0) continue;
    const start = sorted[index - 1]!;
    const place = inner.indexOf(smallestWith(inner, start)!) + 1;
    const last = areas.at(-1);
    if (last?.place === place) last.end = end;
    else areas.push({ start, end, place });
  }
  return { places: [outsideOfPartitions, ...inner.map(partitionName)], areas };
}

function smallestWith(partitions: readonly DiskPartition[], at: number): DiskPartition | undefined {
  return partitions
    .filter(({ offsetBytes, sizeBytes }) => at >= offsetBytes && at < offsetBytes + sizeBytes)
    .sort((a, b) => a.sizeBytes - b.sizeBytes)[0];
}
