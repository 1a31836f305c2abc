import { open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import t from 'tap';
import { encodeRecord } from '../../core/records/record-format.ts';
import { inspectDisk, type LayoutText } from './index.ts';
import { judgeRecordCopy } from './record-copy.ts';

const layout: LayoutText = {
  role: 'system',
  partitions: [],
  records: [
    { kind: 'boot-control', sectors: [8, 16] },
    { kind: 'signature', sectors: [64, 72] },
    { kind: 'licence', sectors: [128, 136] },
  ],
};

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** Changes bytes of a record and makes its checksum right again. */
function edited(sector: Buffer, edit: (sector: Buffer) => void): Buffer {
  const changed = Buffer.from(sector);
  edit(changed);
  changed.writeUInt32LE(crc32(changed.subarray(0, 508)), 508);
  return changed;
}

async function diskWith(folder: string, sectors: Record<number, Buffer>): Promise<string> {
  const path = join(folder, 'disk');
  await writeFile(path, '');
  await truncate(path, 1024 ** 2);
  const file = await open(path, 'r+');
  for (const [sector, bytes] of Object.entries(sectors)) {
    await file.write(bytes, 0, 512, Number(sector) * 512);
  }
  await file.close();
  return path;
}

t.test('records that the core has written are read by their documentation', async (t) => {
  const licence = encodeRecord('licence', 1, json({ level: 'home', key: 'K', capacityBytes: 512 }));
  const path = await diskWith(t.testdir({}), {
    8: encodeRecord('boot-control', 7, Buffer.from([1, 2, 3, 0])),
    16: encodeRecord('boot-control', 8, Buffer.from([2, 0, 3, 0])),
    128: licence,
    136: licence,
  });
  await using disk = await inspectDisk(path, { layout });
  const records = await disk.records();
  t.match(records['boot-control'], {
    ...{ state: 'valid', sequence: 8, copiesAgree: false },
    value: { target: 'emergency', attempts: 0, attemptLimit: 3 },
    copies: [
      { sector: 8, state: 'valid', sequence: 7, value: { target: 'primary', attempts: 2 } },
      { sector: 16, state: 'valid', sequence: 8 },
    ],
  });
  const zero = { state: 'zero', hex: '00'.repeat(512) };
  t.same(records.signature, {
    ...{ state: 'null', value: null, sequence: null, copiesAgree: true },
    copies: [
      { ...zero, sector: 64 },
      { ...zero, sector: 72 },
    ],
  });
  t.match(records.licence, { state: 'valid', copiesAgree: true, value: { level: 'home', key: 'K' } });
  t.equal(records.manufacturing, undefined, 'what the layout does not declare is not looked for');
  await using bare = await inspectDisk(path);
  await t.rejects(bare.records(), { code: 'WITNESS_USAGE', message: /layout/ });
  t.equal((await bare.records(layout)).licence?.state, 'valid');
});

t.test('one damaged copy does not count, and no valid copy is damage', async (t) => {
  const record = encodeRecord('signature', 3, json({ systemId: 'a' }));
  const rotten = Buffer.from(record);
  rotten[100]! ^= 1;
  const stateOf = async (first: Buffer, second: Buffer) => {
    const path = await diskWith(t.testdir({}), { 64: first, 72: second });
    await using disk = await inspectDisk(path, { layout });
    return (await disk.records()).signature!;
  };
  const zeros = Buffer.alloc(512);
  t.match(await stateOf(rotten, record), { state: 'valid', sequence: 3, copiesAgree: false });
  t.match(await stateOf(record, zeros), { state: 'valid', copiesAgree: false });
  t.match(await stateOf(rotten, zeros), { state: 'damaged', value: null });
  t.match(await stateOf(rotten, rotten), { state: 'damaged', copiesAgree: true });
  const begun = Buffer.concat([record.subarray(0, 40), Buffer.alloc(472)]);
  t.match(await stateOf(begun, zeros), { state: 'null', copies: [{ state: 'torn' }, { state: 'zero' }] });
  t.match(await stateOf(begun, begun), { state: 'damaged' }, 'a cut tears one copy');
  t.match(await stateOf(begun, rotten), { state: 'damaged' });
  const older = encodeRecord('signature', 2, json({ systemId: 'b' }));
  t.match(await stateOf(older, record), { sequence: 3, value: { systemId: 'a' } });
});

t.test('every wrong field of a copy is named', async (t) => {
  const right = encodeRecord('licence', 5, json({ level: 'home' }));
  const reason = (sector: Buffer) => {
    const copy = judgeRecordCopy('licence', sector);
    return 'reason' in copy ? copy.reason : copy.state;
  };
  t.equal(reason(right), 'valid');
  t.match(reason(edited(right, (sector) => sector.write('B', 7))), /magic/);
  t.match(reason(edited(right, (sector) => sector.writeUInt16LE(2, 8))), /version is 2/);
  t.match(reason(edited(right, (sector) => sector.writeUInt16LE(2, 10))), /kind is 2/);
  t.match(reason(edited(right, (sector) => sector.writeUInt32LE(0, 12))), /sequence/);
  t.match(reason(edited(right, (sector) => sector.writeUInt32LE(489, 16))), /489/);
  t.match(reason(encodeRecord('licence', 1, Buffer.from('{"a"'))), /JSON/);
  t.match(reason(encodeRecord('licence', 1, Buffer.from('[1]'))), /object/);
  t.match(reason(encodeRecord('licence', 1, Buffer.from([0x22, 0xff, 0x22]))), /UTF-8/);
  const wrong = Buffer.from(right);
  wrong[509]! ^= 0xff;
  t.match(reason(wrong), /checksum/);
  for (const payload of [
    [3, 0, 3, 0],
    [1, 0, 0, 0],
    [1, 0, 3, 1],
    [1, 0, 3],
  ]) {
    const copy = judgeRecordCopy('boot-control', encodeRecord('boot-control', 1, Buffer.from(payload)));
    t.equal(copy.state, 'damaged', JSON.stringify(payload));
  }
});

t.test('what a cut leaves is torn, and nothing else is', async (t) => {
  const record = encodeRecord('signature', 1, json({ systemId: 'x'.repeat(300) }));
  const zeros = (count: number) => Buffer.alloc(count);
  const states = (tear: (at: number) => Buffer) =>
    new Set(Array.from({ length: 511 }, (_, at) => judgeRecordCopy('signature', tear(at + 1)).state));
  const beginnings = states((at) => Buffer.concat([record.subarray(0, at), zeros(512 - at)]));
  const ends = states((at) => Buffer.concat([zeros(at), record.subarray(at)]));
  t.same([...beginnings], ['torn']);
  t.same([...ends], ['torn']);
  const foreign = Buffer.alloc(512, 'x');
  t.equal(judgeRecordCopy('signature', foreign).state, 'damaged');
  const flipped = Buffer.from(record);
  flipped[200]! ^= 1;
  t.equal(judgeRecordCopy('signature', flipped).state, 'damaged');
});
