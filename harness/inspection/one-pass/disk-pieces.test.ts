import t from 'tap';
import { type DiskPiece, diskPieces } from './disk-pieces.ts';

const sizes = { longestPieceBytes: 1000, shortestHoleBytes: 100 };

/** `0+1000 1000~500`: data and a hole. */
async function piecesOf(extents: readonly [number, number][], sizeBytes: number): Promise<string> {
  async function* given() {
    for (const [start, length] of extents) yield { start, length };
  }
  const pieces: DiskPiece[] = [];
  for await (const piece of diskPieces(given(), sizeBytes, sizes)) pieces.push(piece);
  return pieces
    .map((piece) => `${piece.offsetBytes}${piece.isHole ? '~' : '+'}${piece.lengthBytes}`)
    .join(' ');
}

t.test('data is cut at multiples of the longest piece, holes are not cut', async (t) => {
  t.equal(await piecesOf([[0, 2500]], 2500), '0+1000 1000+1000 2000+500');
  t.equal(await piecesOf([[700, 600]], 9000), '0~700 700+300 1000+300 1300~7700');
  t.equal(await piecesOf([[700, 2600]], 3300), '0~700 700+300 1000+1000 2000+1000 3000+300');
  t.equal(await piecesOf([[3000, 100]], 3100), '0~3000 3000+100');
});

t.test('nothing, and nothing but a hole', async (t) => {
  t.equal(await piecesOf([], 0), '');
  t.equal(await piecesOf([], 5000), '0~5000');
});

t.test('short holes are read as data, until the last one', async (t) => {
  t.equal(
    await piecesOf(
      [
        [50, 50],
        [199, 1],
        [299, 1],
        [400, 1],
      ],
      450,
    ),
    '0+300 300~100 400+1 401~49',
  );
  t.equal(
    await piecesOf(
      [
        [0, 950],
        [1010, 10],
      ],
      1020,
    ),
    '0+1000 1000+20',
    'also over the border of a piece',
  );
  t.equal(
    await piecesOf(
      [
        [0, 950],
        [1050, 10],
      ],
      1060,
    ),
    '0+950 950~100 1050+10',
    'a long one over the border is a hole',
  );
});

t.test('what extents claim beyond the end, or twice, is left out', async (t) => {
  t.equal(await piecesOf([[0, 512]], 500), '0+500');
  t.equal(await piecesOf([[600, 512]], 500), '0~500');
  t.equal(
    await piecesOf(
      [
        [0, 300],
        [200, 200],
        [100, 50],
      ],
      400,
    ),
    '0+400',
  );
});
