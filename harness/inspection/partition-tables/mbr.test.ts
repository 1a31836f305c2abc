import t from 'tap';
import { builtGpt } from './fixtures/built-gpt.ts';
import { builtMbr, writeBootRecord } from './fixtures/built-mbr.ts';
import { evidenceOf, kindsOf, mebibyte, placesOf, reading } from './fixtures/readings.ts';
import { mostLogicalDrives } from './limits.ts';

const linux = { type: 0x83, first: 2048, count: 14336, flag: 0x80 };
const extended = { type: 0x05, first: 4096, count: 12288 };

/** A disk of 8 MiB with an active partition and an extended one, whose boot records are given by sector. */
function withLogical(records: Record<number, Parameters<typeof writeBootRecord>[2]>): Buffer {
  const disk = builtMbr(8 * mebibyte, [{ ...linux, count: 2048 }, extended]);
  for (const [sector, entries] of Object.entries(records)) writeBootRecord(disk, Number(sector), entries);
  return disk;
}

t.test('a good MBR has no findings', async (t) => {
  const found = await reading(builtMbr(8 * mebibyte, [linux]));
  t.same(found.findings, []);
  t.same(found, {
    ...{ table: 'mbr', sectorBytes: 512, diskId: '0x8c255309', findings: [] },
    partitions: [
      {
        ...{ number: 1, kind: 'primary', offsetBytes: mebibyte, sizeBytes: 7 * mebibyte, type: '0x83' },
        ...{ typeName: 'Linux', uniqueId: '8c255309-01', isActive: true },
      },
    ],
    unpartitioned: [
      { offsetBytes: 0, lengthBytes: 440 },
      { offsetBytes: 512, lengthBytes: mebibyte - 512 },
    ],
  });
});

t.test('what is wrong with the four entries is found', async (t) => {
  const kinds = async (entries: Parameters<typeof builtMbr>[1], diskId?: number) =>
    kindsOf(await reading(builtMbr(8 * mebibyte, entries, diskId)));
  t.same(await kinds([]), ['no-partitions']);
  t.same(await kinds([linux], 0), ['mbr-disk-id-zero']);
  t.same(await kinds([{ ...linux, flag: 0 }]), ['mbr-active-none']);
  t.same(await kinds([{ ...linux, flag: 0x12 }]), ['mbr-active-none', 'mbr-boot-flag-invalid']);
  t.same(await kinds([linux, { type: 0x83, first: 0, count: 0 }]), ['partition-empty']);
  t.same(await kinds([{ ...linux, type: 0 }]), ['mbr-type-zero']);
  t.same(await kinds([{ ...linux, type: 0x77 }]), ['partition-type-unknown']);
  const halves = [
    { ...linux, count: 6144 },
    { ...linux, first: 8192, count: 8192 },
  ];
  t.same(await kinds(halves), ['mbr-active-several']);
  const zero = await reading(builtMbr(8 * mebibyte, [linux], 0));
  t.equal(zero.partitions[0]!.uniqueId, undefined);
});

t.test('a chain of logical drives is followed, and its boot records are the table’s own', async (t) => {
  const found = await reading(
    withLogical({
      4096: [
        { type: 0x83, first: 2048, count: 2048 },
        { type: 5, first: 4096, count: 8192 },
      ],
      8192: [{ type: 0x82, first: 2048, count: 6144 }],
    }),
  );
  t.same(placesOf(found).slice(2), [
    [5, 3 * mebibyte, mebibyte],
    [6, 5 * mebibyte, 3 * mebibyte],
  ]);
  t.same(found.findings, []);
  t.same(found.unpartitioned.slice(2), [
    { offsetBytes: 2 * mebibyte + 512, lengthBytes: mebibyte - 512 },
    { offsetBytes: 4 * mebibyte + 512, lengthBytes: mebibyte - 512 },
  ]);
});

t.test('broken chains end, and are told of', async (t) => {
  const drive = { type: 0x83, first: 2048, count: 2048 };
  const chain = async (records: Parameters<typeof withLogical>[0]) => {
    const found = await reading(withLogical(records));
    const kinds = kindsOf(found).filter((kind) => !['hole-in-table', 'unused-end'].includes(kind));
    return { kinds, drives: found.partitions.filter(({ kind }) => kind === 'logical').length };
  };
  const linkTo = (first: number) => [drive, { type: 5, first, count: 4096 }];
  t.same(await chain({ 4096: linkTo(0) }), { kinds: ['ebr-loop'], drives: 1 });
  t.same(await chain({ 4096: linkTo(4096), 8192: linkTo(0) }), { kinds: ['ebr-loop'], drives: 2 });
  t.same(await chain({ 4096: linkTo(12288) }), { kinds: ['ebr-outside'], drives: 1 });
  t.same(await chain({ 4096: linkTo(0xffffffff) }), { kinds: ['ebr-outside'], drives: 1 });
  t.same(await chain({ 4096: linkTo(4096) }), { kinds: ['ebr-unreadable'], drives: 1 });
  t.same(await chain({ 4096: [] }), { kinds: [], drives: 0 }, 'an extended partition may be empty');
  t.same(await chain({ 4096: linkTo(8192), 12288: linkTo(4096), 8192: [drive] }), {
    kinds: ['ebr-backward'],
    drives: 3,
  });
  t.same(await chain({ 4096: [{ type: 0x83, first: 2048, count: 20000 }] }), {
    kinds: ['logical-outside-extended', 'partition-beyond-disk'],
    drives: 1,
  });
  t.same(
    await chain({ 4096: [drive, { type: 0, first: 0, count: 0 }, { type: 0x83, first: 9, count: 99999 }] }),
    { kinds: [], drives: 1 },
    'garbage in the third entry does not count',
  );
});

t.test('a chain beyond the limit is not followed', async (t) => {
  const count = mostLogicalDrives + 40;
  const records = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      4096 + index * 16,
      [
        { type: 0x83, first: 8, count: 8 },
        { type: 5, first: (index + 1) * 16, count: 16 },
      ],
    ]),
  );
  const found = await reading(withLogical(records));
  t.ok(kindsOf(found).includes('ebr-chain-too-long'));
  t.equal(found.partitions.filter(({ kind }) => kind === 'logical').length, mostLogicalDrives);
  t.equal(found.partitions.at(-1)!.uniqueId, `8c255309-${(4 + mostLogicalDrives).toString(16)}`);
});

t.test('two extended partitions are both read, as Linux does', async (t) => {
  const drive = { type: 0x83, first: 2048, count: 2048 };
  const disk = builtMbr(8 * mebibyte, [
    { type: 5, first: 2048, count: 4096 },
    { type: 0x0f, first: 8192, count: 4096 },
  ]);
  writeBootRecord(disk, 2048, [drive]);
  writeBootRecord(disk, 8192, [drive]);
  const found = await reading(disk);
  t.same(placesOf(found).slice(2), [
    [5, 2 * mebibyte, mebibyte],
    [6, 5 * mebibyte, mebibyte],
  ]);
  t.ok(kindsOf(found).includes('extended-several'));
});

t.test('an extended partition that begins in the MBR does not hang', async (t) => {
  const disk = builtMbr(8 * mebibyte, [linux, { type: 5, first: 0, count: 16384 }]);
  t.match(kindsOf(await reading(disk)).join(), /ebr-loop.*partition-overlap/);
});

t.test('the remains of a GPT under an MBR are found, both copies', async (t) => {
  const disk = builtGpt(8 * mebibyte, [{ first: 2048, last: 4095 }]);
  writeBootRecord(disk, 0, [linux]);
  disk.writeUInt32LE(1, 440);
  const found = await reading(disk);
  t.equal(found.table, 'mbr');
  t.same(kindsOf(found), ['stale-gpt']);
  t.match(evidenceOf(found, 'stale-gpt'), [/11112222-3333-4444-5555-666677778888/, /11112222/]);
  disk.fill(0, 512, 1024);
  t.equal((await reading(disk)).findings.length, 1, 'the backup alone');
});
