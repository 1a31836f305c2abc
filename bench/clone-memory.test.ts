import t from 'tap';
import { cloneMemoryResult } from './clone-memory.ts';

const mebibytes = (...numbers: number[]) => numbers.map((number) => number * 1024 ** 2);

t.test('what the large image takes more, by medians', async (t) => {
  const flat = cloneMemoryResult(mebibytes(100, 90, 160), mebibytes(103, 200, 90));
  t.match(flat, { value: 3, unit: 'MiB', pass: true });
  t.match(flat.details, { peakMiBWith1GiB: 100, peakMiBWith4GiB: 103, largestPeakMiBWith4GiB: 200 });
  t.match(cloneMemoryResult(mebibytes(100), mebibytes(109)), { value: 9, pass: false });
  t.match(cloneMemoryResult(mebibytes(100), mebibytes(90)), { value: 0, pass: true }, 'less is flat, too');
});
