import t from 'tap';
import { isBitSet, setBit } from './bitmap.ts';

t.test('bits count from the lowest of the first byte', async (t) => {
  const bits = Buffer.alloc(2);
  setBit(bits, 0);
  setBit(bits, 9);
  setBit(bits, 15);
  t.same([...bits], [0b00000001, 0b10000010]);
  t.same(
    Array.from({ length: 16 }, (_, index) => index).filter((index) => isBitSet(bits, index)),
    [0, 9, 15],
  );
});
