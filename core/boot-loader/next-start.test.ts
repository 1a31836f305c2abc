import t from 'tap';
import { decodeRecord } from '../records/index.ts';
import { nextStartCodec, nextStartSectorBytes } from './next-start.ts';

t.test('the record lies on the disk as docs/layouts.md says', async (t) => {
  const sector = nextStartSectorBytes({ partitionNumber: 2, watchdog: 5 });
  t.equal(sector.length, 512);
  t.equal(sector.toString('latin1', 0, 8), 'ASSAYREC');
  t.same([...sector.subarray(8, 24)], [1, 0, 5, 0, 1, 0, 0, 0, 4, 0, 0, 0, 2, 5, 0, 0]);
  t.equal(nextStartSectorBytes({ partitionNumber: 1 })[21], 255, 'no watchdog');
});

t.test('what was written is read', async (t) => {
  for (const watchdog of [null, 0, 15]) {
    const bytes = nextStartSectorBytes({ partitionNumber: 4, ...(watchdog === null ? {} : { watchdog }) });
    const copy = decodeRecord('next-start', bytes);
    t.match(copy, { state: 'valid', sequence: 1 });
    if (copy.state === 'valid') t.same(nextStartCodec.decode(copy.payload), { partitionNumber: 4, watchdog });
  }
});

t.test('what no start can be is refused, on both sides', async (t) => {
  const code = 'CORE_NEXT_START_INVALID';
  for (const partitionNumber of [0, 5, 1.5]) {
    t.throws(() => nextStartSectorBytes({ partitionNumber }), { code }, `partition ${partitionNumber}`);
  }
  for (const watchdog of [-1, 16, 255]) {
    t.throws(() => nextStartSectorBytes({ partitionNumber: 1, watchdog }), { code }, `value ${watchdog}`);
  }
  const payloads = [
    [1],
    [0, 255, 0, 0],
    [5, 255, 0, 0],
    [1, 16, 0, 0],
    [1, 255, 1, 0],
    [1, 255, 0, 1],
    [1, 255, 0, 0, 0],
  ];
  for (const payload of payloads) {
    t.throws(() => nextStartCodec.decode(Buffer.from(payload)), /not a next-start record/, payload.join(' '));
  }
});
