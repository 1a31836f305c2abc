import t from 'tap';
import {
  canonicalSerial,
  macPlaceholderReason,
  serialPlaceholderReason,
  uuidPlaceholderReason,
} from './placeholder.ts';

/** Serial numbers as firmware really has them, none of which tells one machine from the next. */
const hostileSerials = [
  '',
  '   ',
  '0',
  '00000000',
  '0000000000000000',
  'FFFFFFFF',
  'ffffffffffffffff',
  'To be filled by O.E.M.',
  'To Be Filled By O.E.M',
  'TO BE FILLED BY OEM',
  'to be filled by O.E.M.\u0000\u0001',
  'Default string',
  'Default String',
  'default',
  'System Serial Number',
  'Base Board Serial Number',
  'Chassis Serial Number',
  'System serial number 1',
  'Serial',
  'SerNum0',
  'Not Specified',
  'Not Applicable',
  'Not Available',
  'Not Settable',
  'No Asset Tag',
  'None',
  'N/A',
  'NA',
  'Unknown',
  'INVALID',
  'O.E.M.',
  'OEM',
  'oem12',
  'xxxxxxxx',
  'XXX-XXX',
  '........',
  '--------',
  '123',
  '1234',
  '123456',
  '1234567890',
  '0123456789',
  '01234567890123456789AB',
  '123456789ABCDEF',
  '987654321',
  'ABCDEFGH',
  'SN123456789',
  'BSN12345678901234567',
  'MB-1234567890',
  '0F0F0F0F',
  'A5A5A5A5A5',
  '1.0',
  'Chassis 1',
  'Standard',
  'TBD',
  'null',
  'Undefined',
  'empty',
];

t.test('hostile serial numbers are refused', async (t) => {
  for (const serial of hostileSerials) {
    t.type(serialPlaceholderReason(canonicalSerial(serial)), 'string', JSON.stringify(serial));
  }
});

t.test('real serial numbers are accepted', async (t) => {
  for (const serial of [
    '/5XKQ2M2/CNWS3006AB00Q1/',
    'PF0X4ZQ8',
    'C02XK0AAJG5J',
    '.J8FKL12.',
    'A0001-000417',
    'ZM16AS019238',
  ]) {
    t.equal(serialPlaceholderReason(canonicalSerial(serial)), undefined, serial);
  }
});

t.test('one serial number is one text, whatever surrounds it', async (t) => {
  t.equal(canonicalSerial('  pf0x4zq8\u0000\n'), 'PF0X4ZQ8');
  t.equal(canonicalSerial('ab\t\t12\u00ff\u00fe34'), 'AB 12 34');
});

t.test('UUIDs that many machines share are refused', async (t) => {
  const hostile = [
    '',
    'not settable',
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '03000200-0400-0500-0006-000700080009',
    '00020003-0004-0005-0006-000700080009',
    '11111111-1111-1111-1111-111111111111',
    'fefefefe-fefe-fefe-fefe-fefefefefefe',
    '00000000-0000-0000-0000-000000000001',
    '12345678-1234-5678-90ab-cddeefaabbcc',
    '00112233-4455-6677-8899-aabbccddeeff',
    '4c4c4544003510448030b2c04f4d3332',
  ];
  for (const uuid of hostile) t.type(uuidPlaceholderReason(uuid), 'string', JSON.stringify(uuid));
  t.equal(uuidPlaceholderReason('4c4c4544-0035-1044-8030-b2c04f4d3332'), undefined);
  t.equal(uuidPlaceholderReason('7d1f6a7e-0c3b-4a59-9d0e-2f5b8c6a1e44'), undefined);
});

t.test('network addresses that identify no card are refused', async (t) => {
  const hostile = [
    '',
    '00:00:00:00:00:00',
    'ff:ff:ff:ff:ff:ff',
    '01:00:5e:00:00:01',
    '00:11:22:33:44:55',
    '52:54:00:12:34:56',
    '52:54:00:12:34:57',
    'aa:bb:cc:dd:ee:ff',
    'de:ad:be:ef:00:01',
    '88:88:88:88:87:88',
    '00:e0:4c:68:00:01',
    '02:00:00:00:00:00',
  ];
  for (const mac of hostile) t.type(macPlaceholderReason(mac), 'string', JSON.stringify(mac));
  t.equal(macPlaceholderReason('3c:ec:ef:41:9a:d2'), undefined);
  t.equal(macPlaceholderReason('52:54:00:a1:05:c7'), undefined);
});
