import t from 'tap';
import { SectorSet } from './sector-set.ts';

t.test('a set of sectors says what lies in it, and what lies together', async (t) => {
  const set = new SectorSet();
  t.strictSame([...set.ranges()], []);
  // Over the border of a block, out of order, and twice.
  for (const sector of [5000, 2048, 2047, 7, 2049, 7, 5001]) set.add(sector);
  t.strictSame(
    [6, 7, 8, 2046, 2047, 2050, 5000, 9999].map((sector) => set.has(sector)),
    [false, true, false, false, true, false, true, false],
  );
  t.strictSame(
    [...set.ranges()],
    [
      { first: 7, count: 1 },
      { first: 2047, count: 3 },
      { first: 5000, count: 2 },
    ],
  );
  t.notOk(set.add(7), 'it was there');
});
