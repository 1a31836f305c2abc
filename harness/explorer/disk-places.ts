import { placesOf } from '../witness/disk-places.ts';
import { type PartitionTable, readPartitionTable } from '../witness/partition-table.ts';

/** Tells where a sector lies, for people and for grouping: `partition 2`, `master boot record`. */
export type PlaceOf = (sector: number) => string;

/** Where things are on a disk without a partition table. */
export const wholeDisk = 'the disk';

/** The partition table of an image; null when it has none. */
export async function tableOrNull(path: string): Promise<PartitionTable | null> {
  return readPartitionTable(path).catch((error) => {
    if (error.code === 'WITNESS_NO_PARTITION_TABLE') return null;
    throw error;
  });
}

/** The places of a base image, from its partition table. */
export function placesOfTable(table: PartitionTable | null): PlaceOf {
  if (table === null || table.partitions.length === 0) return () => wholeDisk;
  const places = placesOf(table, undefined);
  return (sector) => places.at(sector).name;
}
