import t from 'tap';
import { dataPieces } from './seeded-image.ts';

const mebibyte = 1024 * 1024;

t.test('pieces hold exactly the data that is wanted, in order, each inside of the image', async (t) => {
  for (const [sizeBytes, dataBytes] of [
    [256 * mebibyte, 128 * mebibyte],
    [100 * mebibyte, 7 * mebibyte],
    [64 * mebibyte, 64 * mebibyte],
  ] as const) {
    const pieces = dataPieces({ sizeBytes, dataBytes, seed: 5 });
    t.ok(pieces.length > 3);
    t.equal(
      pieces.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0),
      dataBytes,
    );
    for (const [index, { startBytes, lengthBytes }] of pieces.entries()) {
      const next = pieces[index + 1]?.startBytes ?? sizeBytes;
      t.ok(startBytes % 4096 === 0 && lengthBytes > 0 && startBytes + lengthBytes <= next);
    }
  }
});

t.test('the seed decides', async (t) => {
  const image = { sizeBytes: 64 * mebibyte, dataBytes: 32 * mebibyte };
  t.same(dataPieces({ ...image, seed: 1 }), dataPieces({ ...image, seed: 1 }));
  t.notSame(dataPieces({ ...image, seed: 1 }), dataPieces({ ...image, seed: 2 }));
});
