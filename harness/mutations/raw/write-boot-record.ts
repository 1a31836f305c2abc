import { writeBootRecord } from '../../../core/known-state/write-boot-record.ts';
import { sectorBytes } from '../../../foundation/index.ts';
import type { RawTrial } from '../trial.ts';
import { isZero, noise } from './noise.ts';

/** Where a boot record looks for an order (docs/logic-file.md). */
const orderAtBytes = 16 * sectorBytes;
const orderBytes = 4096;

/** A disk of another loader that gets our boot record. */
export const putBootRecord: RawTrial = {
  name: 'write-boot-record',
  steps: ['write-boot-record.clear-order', 'write-boot-record.order-is-cleared', 'write-boot-record.record'],
  async make() {
    const record = noise('boot record', sectorBytes);
    const base = Buffer.alloc(65_536);
    noise('another loader', orderBytes).copy(base, orderAtBytes);
    return {
      base,
      async act(disk) {
        await writeBootRecord('/dev/vda', record, disk.open);
        disk.acknowledge('written');
      },
      judge(disk, acknowledged) {
        const isThere = disk.subarray(0, sectorBytes).equals(record);
        if (!isThere) return acknowledged.length === 0 ? undefined : 'the boot record is not there';
        const isFree = isZero(disk.subarray(orderAtBytes, orderAtBytes + orderBytes));
        return isFree ? undefined : 'the boot record would take bytes of another loader for an order';
      },
    };
  },
};
