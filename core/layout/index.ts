export { findDiskByPort, findOptionalDiskByPort } from './find-disk-by-port.ts';
export { findDisk, findPartition, findRecord, partitionDevice } from './find-in-layout.ts';
export type {
  DiskLayout,
  DiskRole,
  Layout,
  LicenceLevel,
  PartitionLayout,
  PartitionRole,
} from './layout-schema.ts';
export { chooseLicenceLevel } from './licence-level.ts';
export { encodePartitionTable, type SectorWrite } from './partition-table.ts';
export { parseLayout, readLayout } from './read-layout.ts';
export {
  alignmentSectors,
  type ResolvedDisk,
  type ResolvedLayout,
  type ResolvedPartition,
  type ResolvedRecord,
  recordCopySpacingSectors,
  resolveDisk,
  resolveLayout,
} from './resolve-layout.ts';
export { encodeSealedLayout, readSealedLayout, sealedLayoutPath } from './sealed-layout.ts';
