import { createHash } from 'node:crypto';
import t from 'tap';
import type { BootStates } from './boot-state.ts';
import {
  decodeStateRecord,
  encodeStateArea,
  encodeStateRecord,
  nextSequence,
  startOf,
} from './state-record.ts';

const states: BootStates = {
  partitions: {
    'system-1': { state: 'Dirty', time: '2026-11-21T08:00:00.000Z', reason: 'did not finish booting' },
    'system-2': { state: 'Clean', time: '2026-11-21T08:00:05.000Z', reason: '' },
  },
  recoveries: 1,
};

t.test('a copy is the text that the documentation shows', async (t) => {
  const copy = encodeStateRecord({ sequence: 17, states });
  t.equal(copy.length, 4096);
  const lines = [
    'ASSAY-BOOT-STATES 1',
    'sequence 17',
    'recoveries 1',
    'system-1 Dirty 2026-11-21T08:00:00.000Z did not finish booting',
    'system-2 Clean 2026-11-21T08:00:05.000Z ',
  ];
  const text = `${lines.join('\n')}\n`;
  const hash = createHash('sha256').update(text).digest('hex');
  t.equal(copy.toString('latin1'), `${text}sha256 ${hash}\n`.padEnd(4096, '\n'));
  t.same(decodeStateRecord(copy), { sequence: 17, states });
});

t.test('every changed bit makes a copy invalid', async (t) => {
  const copy = encodeStateRecord({ sequence: 17, states });
  for (let bit = 0; bit < copy.length * 8; bit += 1) {
    copy[bit >> 3]! ^= 1 << (bit & 7);
    if (decodeStateRecord(copy) !== undefined) t.fail(`bit ${bit} does not count`);
    copy[bit >> 3]! ^= 1 << (bit & 7);
  }
  t.ok(decodeStateRecord(copy));
  t.equal(decodeStateRecord(Buffer.alloc(4096)), undefined);
  t.equal(decodeStateRecord(Buffer.alloc(0)), undefined);
});

t.test('reasons are one line, and as long as there is room', async (t) => {
  const reasonOf = (partitions: number, reason: string) => {
    const entry = { state: 'OK' as const, time: '2026-11-21T08:00:00.000Z', reason };
    const names = Array.from({ length: partitions }, (_, index) => `a-long-name-${index}`);
    const many = {
      partitions: Object.fromEntries(names.map((name) => [name, entry])),
      recoveries: 999_999_999,
    };
    const record = decodeStateRecord(encodeStateRecord({ sequence: 999_999_999_999_999, states: many }));
    t.same(Object.keys(record!.states.partitions), names);
    return record!.states.partitions[names.at(-1)!]!.reason;
  };
  t.equal(reasonOf(2, ' a\nb\r\n  c '), 'a b c');
  t.equal(reasonOf(2, 'sha256 0\nsystem-1 OK'), 'sha256 0 system-1 OK');
  t.equal(reasonOf(2, 'x'.repeat(5000)), 'x'.repeat(200));
  t.equal(reasonOf(2, `x${'ä'.repeat(200)}`), `x${'ä'.repeat(99)}`, 'a character is whole or not there');
  t.ok(reasonOf(32, 'x'.repeat(5000)).length > 50, 'as many partitions as a layout can have');
});

t.test('partitions may be called as the other lines begin', async (t) => {
  const entry = { state: 'OK' as const, time: '2026-11-21T08:00:00.000Z', reason: '' };
  const odd = { partitions: { sha256: entry, sequence: entry, recoveries: entry }, recoveries: 0 };
  t.same(decodeStateRecord(encodeStateRecord({ sequence: 1, states: odd })), { sequence: 1, states: odd });
});

t.test('an area has two valid copies', async (t) => {
  const area = encodeStateArea(states);
  t.equal(area.length, 8192);
  t.equal(decodeStateRecord(area.subarray(0, 4096))!.sequence, 1);
  t.same(decodeStateRecord(area.subarray(4096)), { sequence: 2, states });
});

t.test('sequence numbers tell the starts', async (t) => {
  t.equal(nextSequence(2, false), 3);
  t.equal(nextSequence(2, true), 100);
  t.equal(nextSequence(100, true), 200);
  t.equal(nextSequence(199, false), 200);
  t.equal(startOf(1702), 17);
});
