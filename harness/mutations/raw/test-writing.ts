import { testWriting } from '../../../core/script/steps/hardware/write-test.ts';
import { sectorBytes } from '../../../foundation/index.ts';
import type { RawTrial } from '../trial.ts';
import { noise } from './noise.ts';

const firstSector = 2048;
const areaBytes = 1024 ** 2;

/** The test of a disk that writes, and puts back what was there. */
export const writingTest: RawTrial = {
  name: 'test-writing',
  steps: ['write-test.area'],
  async make() {
    const base = noise('what lies there', 3 * areaBytes);
    const areaOf = (disk: Buffer) => disk.subarray(firstSector * sectorBytes).subarray(0, areaBytes);
    return {
      base,
      async act(disk) {
        await testWriting(disk.access, firstSector);
        disk.acknowledge('tested');
      },
      judge(disk, acknowledged) {
        if (acknowledged.length === 0 || areaOf(disk).equals(areaOf(base))) return undefined;
        return 'the test has ended, and what lay there is not back';
      },
    };
  },
};
