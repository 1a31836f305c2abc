import t from 'tap';
import { checkBootRecords, differencesOfRecord } from './check-boot-record.ts';
import { locatedIn } from './fixtures/located-system.ts';
import { MemoryDisks } from './fixtures/memory-disks.ts';
import { smallSystem, twoDisks } from './fixtures/small-system.ts';

const record = smallSystem().bootRecords.system!;

function changed(change: (bytes: Buffer) => void): string {
  const bytes = Buffer.from(record);
  change(bytes);
  return differencesOfRecord(bytes, record).join(', ');
}

t.test('what differs is named', async (t) => {
  t.equal(
    changed(() => {}),
    '',
  );
  t.equal(
    changed((bytes) => bytes.writeUInt8(1, 439)),
    'the boot code differs',
  );
  t.equal(
    changed((bytes) => bytes.writeUInt8(1, 440)),
    'the disk signature differs',
  );
  t.equal(
    changed((bytes) => bytes.writeUInt8(1, 447)),
    'entry 1 of the partition table differs',
  );
  t.equal(
    changed((bytes) => bytes.writeUInt8(1, 509)),
    'entry 4 of the partition table differs',
  );
  t.equal(
    changed((bytes) => bytes.writeUInt8(1, 511)),
    'the mark at its end is missing',
  );
  t.match(
    changed((bytes) => bytes.fill(0)),
    /boot code.*signature.*entry 1.*entry 2.*mark/,
  );
});

t.test('every bit counts, but for which partition is active', async (t) => {
  const free = new Set([446, 462, 478, 494].map((at) => at * 8 + 7));
  for (let bit = 0; bit < 512 * 8; bit += 1) {
    const found = changed((bytes) => {
      bytes[446] = 0;
      bytes[bit >> 3]! ^= 1 << (bit & 7);
    });
    if ((found === '') !== free.has(bit)) t.fail(`bit ${bit}: "${found}"`);
  }
  t.equal(
    changed((bytes) => bytes.writeUInt8(0x80, 462)),
    'more than one partition is active',
  );
  t.equal(
    changed((bytes) => bytes.writeUInt8(0x81, 446)),
    'the partition table has an impossible flag',
  );
});

t.test('every disk with system partitions is looked at, and no other', async (t) => {
  const system = smallSystem(twoDisks);
  const disks = new MemoryDisks(system.contents);
  const check = () => checkBootRecords(locatedIn(system, disks).disks, system.bootRecords, disks.open);
  t.match(await check(), [
    { disk: 'first', integrity: 'intact', problem: '' },
    { disk: 'second', integrity: 'intact', problem: '' },
  ]);
  t.same(disks.opened, ['/dev/vda', '/dev/vdb']);
  disks.contents.get('/dev/vda')![0]! ^= 1;
  disks.unreadable = [{ device: '/dev/vdb', fromBytes: 0, toBytes: 512 }];
  t.match(await check(), [
    { disk: 'first', integrity: 'damaged', problem: 'the boot code differs' },
    { disk: 'second', integrity: 'unreadable', problem: 'it cannot be read: EIO' },
  ]);
  disks.contents.delete('/dev/vda');
  t.match(await check(), [{ disk: 'first', integrity: 'unreadable', problem: 'the disk was not found' }, {}]);
});
