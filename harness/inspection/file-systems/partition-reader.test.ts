import t from 'tap';
import type { ImageSource } from '../image-source.ts';
import { PartitionReader } from './partition-reader.ts';

const pageBytes = 65_536;

t.test('after the walk, few pages are kept', async (t) => {
  let reads = 0;
  const source = {
    read: async (_: number, lengthBytes: number) => {
      reads += 1;
      return Buffer.alloc(lengthBytes);
    },
  } as unknown as ImageSource;
  const reader = new PartitionReader(source, { offsetBytes: 0, sizeBytes: 100 * pageBytes });
  const readAll = async () => {
    reads = 0;
    for (let page = 0; page < 100; page += 1) await reader.read(page * pageBytes, 10);
    return reads;
  };
  t.equal(await readAll(), 100);
  t.equal(await readAll(), 0, 'what was read last is kept');
  reader.keepLess();
  t.equal(await readAll(), 100);
  t.equal(await readAll(), 100);
  reads = 0;
  await reader.read(99 * pageBytes, 10);
  t.equal(reads, 0, 'the last ones are kept all the same');
});
