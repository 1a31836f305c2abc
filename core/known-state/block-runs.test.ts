import t from 'tap';
import { blockRuns, partsOutside } from './block-runs.ts';
import { blockBytes } from './manifest.ts';
import { readAhead } from './read-ahead.ts';

t.test('neighbours are put together, up to a limit', async (t) => {
  const runs = (blocks: number[], most: number) =>
    [...blockRuns(blocks, most)].map(({ firstBlock, blocks }) => `${firstBlock}+${blocks}`).join(' ');
  t.equal(runs([], 4), '');
  t.equal(runs([0, 1, 2, 3, 4, 6, 9, 10], 4), '0+4 4+1 6+1 9+2');
  t.equal(runs([5, 6, 7], 1), '5+1 6+1 7+1');
});

t.test('areas are left out, wherever they lie', async (t) => {
  const parts = (firstBlock: number, blocks: number, ...areas: [number, number][]) =>
    partsOutside(
      { firstBlock, blocks },
      areas.map(([offsetBytes, lengthBytes]) => ({ offsetBytes, lengthBytes })),
    ).map(({ offsetBytes, lengthBytes }) => [offsetBytes, lengthBytes]);
  const end = 2 * blockBytes;
  t.same(parts(0, 2), [[0, end]]);
  t.same(parts(0, 2, [8192, 4096], [4096, 4096]), [
    [0, 4096],
    [12_288, end - 12_288],
  ]);
  t.same(parts(1, 1, [blockBytes - 4096, 8192]), [[blockBytes + 4096, blockBytes - 4096]]);
  t.same(parts(0, 1, [blockBytes - 4096, 8192]), [[0, blockBytes - 4096]]);
  t.same(parts(0, 2, [0, end]), []);
  t.same(parts(1, 1, [0, 4096], [end, 4096]), [[blockBytes, blockBytes]]);
});

t.test('the next piece is read while this one is worked on, and never in its place', async (t) => {
  const events: string[] = [];
  for await (const { piece, result } of readAhead([1, 2, 3], async (piece, place) => {
    events.push(`read ${piece} to ${place}`);
    return place;
  })) {
    events.push(`work ${piece} in ${result}`);
  }
  t.same(events, ['read 1 to 0', 'read 2 to 1', 'work 1 in 0', 'read 3 to 0', 'work 2 in 1', 'work 3 in 0']);
});

t.test('what cannot be read is thrown in its turn, and nothing is left under way', async (t) => {
  const worked: number[] = [];
  const read = async (piece: number) => {
    if (piece === 2) throw new Error('no');
    return piece;
  };
  await t.rejects(
    async () => {
      for await (const { piece } of readAhead([1, 2, 3], read)) worked.push(piece);
    },
    { message: 'no' },
  );
  t.same(worked, [1]);
  let isDone = false;
  for await (const _ of readAhead([1, 2], async (piece) => {
    if (piece === 2) await new Promise((resolve) => setTimeout(resolve, 20));
    isDone = piece === 2;
  }))
    break;
  t.ok(isDone, 'leaving early waits for what was begun');
});
