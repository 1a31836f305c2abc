import { RecordStore } from '../../../core/records/index.ts';
import { sectorBytes } from '../../../foundation/index.ts';
import { judgeRecordCopy } from '../../witness/record-copy.ts';
import type { RawTrial } from '../trial.ts';

const sectors = [3, 5];
const kind = 'licence';

const codec = {
  encode: (payload: { version: number }) => Buffer.from(JSON.stringify(payload)),
  decode: (bytes: Buffer) => JSON.parse(bytes.toString('utf8')) as { version: number },
};

/** A raw record with two copies that is written several times. */
export const writeRecord: RawTrial = {
  name: 'write-record',
  steps: ['record-store.copy'],
  make: async () => ({
    base: Buffer.alloc(64 * sectorBytes),
    async act(disk) {
      const store = await RecordStore.open(disk.handle, { kind, sectors }, codec);
      for (const version of [1, 2, 3]) {
        await store.write({ version });
        disk.acknowledge(String(version));
      }
    },
    judge(disk, acknowledged) {
      const promised = Number(acknowledged.at(-1) ?? 0);
      const copies = sectors.map((sector) =>
        judgeRecordCopy(kind, disk.subarray(sector * sectorBytes, (sector + 1) * sectorBytes)),
      );
      const valid = copies.filter((copy) => copy.state === 'valid');
      const newest = valid.sort((one, other) => other.sequence - one.sequence)[0];
      const found = Number((newest?.value as { version?: number } | undefined)?.version ?? 0);
      return found >= promised ? undefined : `the record says ${found}, and ${promised} was promised`;
    },
  }),
};
