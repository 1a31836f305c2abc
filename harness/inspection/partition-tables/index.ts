export { partitionFindingKinds } from './partition-finding-kinds.ts';
export type { PartitionReading } from './partition-reading.ts';
export { readPartitions } from './read-partitions.ts';
