import t from 'tap';
import { dataRuns } from './zero-runs.ts';

function block(lengthBytes: number, ...positions: number[]): Buffer {
  const bytes = Buffer.alloc(lengthBytes);
  for (const position of positions) bytes[position] = 1;
  return bytes;
}

t.test('pieces of data between zeros', async (t) => {
  t.same(dataRuns(block(2 ** 21)), []);
  t.same(dataRuns(block(100, 99)), [{ start: 0, end: 100 }]);
  t.same(dataRuns(block(2 ** 21, 0)), [{ start: 0, end: 4096 }]);
  t.same(dataRuns(block(2 ** 21, 2 ** 21 - 1)), [{ start: 2 ** 21 - 4096, end: 2 ** 21 }]);
  t.same(dataRuns(block(5000, 4096)), [{ start: 4096, end: 5000 }]);
  t.same(dataRuns(block(2 ** 20, 4095, 4096)), [{ start: 0, end: 8192 }]);
});

t.test('short holes are filled, long ones left out', async (t) => {
  t.same(dataRuns(block(2 ** 20, 0, 8 * 4096)), [{ start: 0, end: 9 * 4096 }]);
  t.same(dataRuns(block(2 ** 20, 0, 9 * 4096)), [
    { start: 0, end: 4096 },
    { start: 9 * 4096, end: 10 * 4096 },
  ]);
});
