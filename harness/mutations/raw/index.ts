export { changeStates } from './change-boot-states.ts';
export { orderNextStart } from './order-next-start.ts';
export { partitionADisk, partitionInPrimaries } from './partition-a-disk.ts';
export { restoreSystemPartition } from './restore-system-partition.ts';
export { writingTest } from './test-writing.ts';
export { putBootRecord } from './write-boot-record.ts';
export { writeDiskImage } from './write-disk-image.ts';
export { writeRecord } from './write-record.ts';
