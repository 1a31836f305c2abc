import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { continueByChain } from '../../../core/known-state/continue-boot-by-chain.ts';
import { sectorBytes } from '../../../foundation/index.ts';
import type { RawTrial } from '../trial.ts';
import { noise } from './noise.ts';

const [tableAt, entryBytes] = [446, 16];
const partitionNumber = 2;

/** The medium makes a partition the active one and leaves the order to start it. */
export const orderNextStart: RawTrial = {
  name: 'order-next-start',
  steps: ['continue-by-chain.unit'],
  async make(folder) {
    const mountsPath = join(folder, 'mounts');
    await writeFile(mountsPath, '/dev/sr0 /medium iso9660 ro 0 0\n');
    return {
      base: twoPartitions(),
      async act(disk) {
        const { promise: restarted, resolve } = Promise.withResolvers<void>();
        const endMachine = () => {
          disk.acknowledge('restart');
          resolve();
          return new Promise<never>(() => {});
        };
        const order = {
          diskDevice: '/dev/vda',
          partitionNumber,
          openDisk: disk.open,
          endMachine,
          mountsPath,
        };
        await Promise.race([continueByChain(order), restarted]);
      },
      judge(disk, acknowledged) {
        if (!hasOrder(disk)) return acknowledged.length === 0 ? undefined : 'the order is not there';
        const isActive = disk[tableAt + (partitionNumber - 1) * entryBytes] === 0x80;
        return isActive ? undefined : 'the order is there, and the partition is not the active one';
      },
    };
  },
};

function twoPartitions(): Buffer {
  const disk = Buffer.alloc(4 * 1024 ** 2);
  noise('boot code', 440).copy(disk);
  for (const index of [0, 1]) {
    const at = tableAt + index * entryBytes;
    disk[at] = index === 0 ? 0x80 : 0;
    disk[at + 4] = 0x0e;
    disk.writeUInt32LE(2048 + index * 2048, at + 8);
    disk.writeUInt32LE(2048, at + 12);
  }
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}

/** A record as docs/layouts.md has it, in sector 16. */
function hasOrder(disk: Buffer): boolean {
  const sector = disk.subarray(16 * sectorBytes, 17 * sectorBytes);
  const isRecord = sector.toString('latin1', 0, 8) === 'ASSAYREC';
  return isRecord && sector.readUInt32LE(508) === crc32(sector.subarray(0, 508));
}
