import { crc32 } from 'node:zlib';
import t from 'tap';
import { decodeRecord, encodeRecord, layoutRecordKinds, recordFormat, recordKinds } from './record-format.ts';

const payload = Buffer.from('{"level":"home"}');

t.test('a record lies on the disk as docs/layouts.md says', async (t) => {
  const sector = encodeRecord('licence', 0x01020304, payload);
  t.equal(sector.length, 512);
  t.equal(sector.toString('latin1', 0, 8), 'ASSAYREC');
  t.same([...sector.subarray(8, 20)], [1, 0, 3, 0, 4, 3, 2, 1, payload.length, 0, 0, 0]);
  t.same(sector.subarray(20, 20 + payload.length), payload);
  t.ok(sector.subarray(20 + payload.length, 508).every((byte) => byte === 0));
  t.equal(sector.readUInt32LE(508), crc32(sector.subarray(0, 508)));
});

t.test('every kind reads back, and none is taken for another', async (t) => {
  for (const kind of recordKinds) {
    const sector = encodeRecord(kind, 7, payload);
    for (const reader of recordKinds) {
      const copy = decodeRecord(reader, sector);
      if (reader === kind) t.same(copy, { state: 'valid', sequence: 7, payload });
      else t.equal(copy.state, 'damaged', `${kind} read as ${reader}`);
    }
  }
});

t.test(
  'layouts place every kind but the order for the next start, which lies at one place on all disks',
  async (t) => {
    t.same(layoutRecordKinds, ['boot-control', 'signature', 'licence', 'manufacturing']);
  },
);

t.test('zeros are no record, and no damage', async (t) => {
  t.same(decodeRecord('signature', Buffer.alloc(512)), { state: 'zero' });
});

t.test('every single changed bit is found', async (t) => {
  const sector = encodeRecord('signature', 1, payload);
  let missed = 0;
  for (let bit = 0; bit < sector.length * 8; bit += 1) {
    sector[bit >> 3]! ^= 1 << (bit & 7);
    if (decodeRecord('signature', sector).state !== 'damaged') missed += 1;
    sector[bit >> 3]! ^= 1 << (bit & 7);
  }
  t.equal(missed, 0);
});

t.test('fields that no writer makes are refused although the checksum is right', async (t) => {
  const change = (offset: number, value: number) => {
    const sector = encodeRecord('licence', 1, payload);
    sector.writeUInt16LE(value, offset);
    sector.writeUInt32LE(crc32(sector.subarray(0, 508)), 508);
    return decodeRecord('licence', sector);
  };
  t.match(change(8, 2), { state: 'damaged', reason: 'unknown version 2' });
  t.match(change(12, 0), { state: 'damaged', reason: 'sequence number 0' });
  t.match(change(16, 489), { state: 'damaged', reason: 'impossible length' });
  t.match(change(0, 0), { state: 'damaged', reason: 'no magic' });
});

t.test('a whole sector of a later version is damage, never what a cut left of the first write', async (t) => {
  const later = encodeRecord('signature', 1, Buffer.from('{}'));
  later.writeUInt16LE(2, 8);
  later.writeUInt32LE(
    crc32(later.subarray(0, recordFormat.checksumOffsetBytes)),
    recordFormat.checksumOffsetBytes,
  );
  t.match(decodeRecord('signature', later), { state: 'damaged', unfinished: false });
});

t.test('a payload fills its room exactly, and no more', async (t) => {
  const largest = Buffer.alloc(recordFormat.maximumPayloadBytes, 0xff);
  t.match(decodeRecord('licence', encodeRecord('licence', 1, largest)), { payload: largest });
  const tooLarge = Buffer.alloc(recordFormat.maximumPayloadBytes + 1);
  t.throws(() => encodeRecord('licence', 1, tooLarge), { code: 'CORE_RECORD_TOO_LARGE' });
  t.throws(() => encodeRecord('licence', 0, payload), { code: 'CORE_RECORD_TOO_LARGE' });
  t.throws(() => encodeRecord('licence', 2 ** 32, payload), { code: 'CORE_RECORD_TOO_LARGE' });
  t.match(decodeRecord('licence', encodeRecord('licence', 2 ** 32 - 1, payload)), { sequence: 2 ** 32 - 1 });
});
