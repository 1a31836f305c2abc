import { layOutDisk } from '../../../core/script/steps/lay-out-disk.ts';
import { type PlannedPartition, placePlan } from '../../../core/script/steps/partition-plan.ts';
import { sectorBytes } from '../../../foundation/index.ts';
import type { RawCase, RawTrial } from '../trial.ts';
import { isZero, noise } from './noise.ts';

const mebibyteBytes = 1024 ** 2;
const sizeBytes = 10 * mebibyteBytes;
const planned: PlannedPartition = { size: mebibyteBytes, fileSystem: 'none', active: false };

/** A disk that held something gets a table with logical drives, whose parts lie all over it. */
export const partitionADisk: RawTrial = {
  name: 'partition-a-disk',
  steps: ['partition-disk.table'],
  isSlow: true,
  make: async () => caseOf(5),
};

/** The same with primary partitions alone: one sector is the whole table. */
export const partitionInPrimaries: RawTrial = {
  name: 'partition-in-primaries',
  steps: ['partition-disk.traces', 'partition-disk.table'],
  make: async () => caseOf(2),
};

function caseOf(count: number): RawCase {
  const placed = placePlan(
    Array.from({ length: count }, () => planned),
    sizeBytes,
    0x1234_5678,
  );
  const table = placed.table.map(({ sector, bytes }) => ({
    at: sector * sectorBytes,
    bytes: Buffer.from(bytes),
  }));
  return {
    // Without a table: partitions of the old one would be of no interest.
    base: withoutMark(noise('what lay there', sizeBytes)),
    async act(disk) {
      await layOutDisk(disk.access, placed, { device: '/dev/vda', sizeBytes });
      disk.acknowledge('partitioned');
    },
    judge(disk, acknowledged) {
      const holds = ({ at, bytes }: (typeof table)[number]) =>
        disk.subarray(at, at + bytes.length).equals(bytes);
      if (!holds(table[0]!)) return acknowledged.length === 0 ? undefined : 'there is no table';
      if (!table.every(holds)) return 'the table is there, and does not lead to all of its parts';
      const dirty = placed.partitions.find(({ firstSector }) => {
        const at = firstSector * sectorBytes;
        return !isZero(disk.subarray(at, at + mebibyteBytes));
      });
      return dirty && `partition ${dirty.number} is in the table, and begins with what lay there before`;
    },
  };
}

function withoutMark(disk: Buffer): Buffer {
  disk.writeUInt16LE(0, sectorBytes - 2);
  return disk;
}
