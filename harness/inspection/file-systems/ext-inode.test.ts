import t from 'tap';
import { parseExtInode } from './ext-inode.ts';

t.test('the owner has 32 bits, without a sign', async (t) => {
  const bytes = Buffer.alloc(128);
  bytes.writeUInt16LE(0xfffe, 2);
  bytes.writeUInt16LE(0xffff, 0x78);
  t.equal(parseExtInode(bytes)!.uid, 0xfffffffe);
});
