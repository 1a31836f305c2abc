import t from 'tap';
import { builtDiskGuid, builtGpt, builtGuid, efiType, sealGpt } from './fixtures/built-gpt.ts';
import { type builtMbr, writeBootRecord } from './fixtures/built-mbr.ts';
import { evidenceOf, kindsOf, mebibyte, placesOf, reading } from './fixtures/readings.ts';

const sectors = 16384;
const sizeBytes = sectors * 512;
const last = sectors - 1;
const places = [
  { first: 2048, last: 8191, type: efiType, name: 'esp' },
  { first: 8192, last: 16350, name: 'root' },
];
const built = () => builtGpt(sizeBytes, places);

/** A good disk, changed. */
async function changed(change: (disk: Buffer) => void) {
  const disk = built();
  change(disk);
  return await reading(disk);
}

/** The same change in a header's field of both copies, with right checksums. */
function inBoth(change: (header: Buffer) => void) {
  return (disk: Buffer) => {
    for (const sector of [1, last]) {
      change(disk.subarray(sector * 512));
      sealGpt(disk, sector);
    }
  };
}

t.test('a good GPT has no findings', async (t) => {
  const found = await changed(() => {});
  t.same(found.findings, []);
  t.match(found, { table: 'gpt', sectorBytes: 512, diskId: builtDiskGuid });
  t.same(found.partitions[0], {
    ...{ number: 1, kind: 'gpt', offsetBytes: mebibyte, sizeBytes: 3 * mebibyte, type: efiType },
    ...{ typeName: 'EFI system', uniqueId: builtGuid(1), name: 'esp', isActive: false },
  });
  t.same(found.unpartitioned, [
    { offsetBytes: 0, lengthBytes: 440 },
    { offsetBytes: 34 * 512, lengthBytes: mebibyte - 34 * 512 },
  ]);
});

t.test('a damaged primary: the backup is read', async (t) => {
  const damages: [string, RegExp, (disk: Buffer) => void][] = [
    ['signature', /does not begin with EFI PART/, (disk) => disk.fill(0, 512, 520)],
    ['header', /checksum of its header/, (disk) => disk.writeUInt8(1, 512 + 60)],
    ['entries', /checksum of its entries/, (disk) => disk.writeUInt8(1, 1024 + 50)],
    ['size', /header claims 4000000000 bytes/, (disk) => disk.writeUInt32LE(4e9, 512 + 12)],
    [
      'own place',
      /says that it lies in 7/,
      (disk) => sealed(disk, (at) => disk.writeBigUInt64LE(7n, at + 24)),
    ],
    ['entry size', /claim 200 bytes each/, (disk) => sealed(disk, (at) => disk.writeUInt32LE(200, at + 84))],
    [
      'entry count',
      /4294967295 entries/,
      (disk) => sealed(disk, (at) => disk.writeUInt32LE(0xffffffff, at + 80)),
    ],
    ['no entries', /claims 0 entries/, (disk) => sealed(disk, (at) => disk.writeUInt32LE(0, at + 80))],
    [
      'array far',
      /not all of them on the disk/,
      (disk) => sealed(disk, (at) => disk.writeBigUInt64LE(2n ** 64n - 1n, at + 72)),
    ],
    [
      'array first',
      /entries begin in sector 0/,
      (disk) => sealed(disk, (at) => disk.writeBigUInt64LE(0n, at + 72)),
    ],
  ];
  for (const [name, evidence, damage] of damages) {
    const found = await changed(damage);
    t.same(kindsOf(found), ['gpt-primary-damaged'], name);
    t.match(evidenceOf(found, 'gpt-primary-damaged')[0], evidence, name);
    t.same(placesOf(found).length, 2, name);
  }
});

function sealed(disk: Buffer, change: (at: number) => void): void {
  change(512);
  // The entries' checksum stays as it is where they cannot be reached.
  sealGpt(disk, 1);
}

t.test('a damaged or missing backup', async (t) => {
  const missing = await changed((disk) => disk.fill(0, last * 512));
  t.same(kindsOf(missing), ['gpt-backup-damaged']);
  t.match(missing.findings[0], {
    where: `sector ${last}`,
    range: { offsetBytes: last * 512, lengthBytes: 512 },
  });
  t.same(kindsOf(await changed((disk) => disk.fill(1, last * 512 + 40, last * 512 + 50))), [
    'gpt-backup-damaged',
  ]);
  t.same(kindsOf(await changed((disk) => disk.fill(1, (last - 32) * 512, (last - 31) * 512))), [
    'gpt-backup-damaged',
  ]);
});

t.test('neither copy is good', async (t) => {
  const both = await changed((disk) => {
    disk.fill(0xff, 520, 560);
    disk.fill(0xff, last * 512 + 8, last * 512 + 48);
  });
  t.same(kindsOf(both), ['gpt-damaged']);
  t.match(both, { table: 'gpt', partitions: [], diskId: '' });
  const gone = await changed((disk) => {
    disk.fill(0, 512, 1024);
    disk.fill(0, last * 512);
  });
  t.same(kindsOf(gone), ['gpt-damaged']);
  t.same(gone.partitions, []);
});

t.test('an image that was grown: the backup is not at the end, and is found all the same', async (t) => {
  const grown = Buffer.concat([built(), Buffer.alloc(4 * mebibyte)]);
  const found = await reading(grown);
  t.same(kindsOf(found), ['gpt-backup-not-at-end', 'protective-mbr-size', 'unused-end']);
  t.match(evidenceOf(found, 'gpt-backup-not-at-end'), [/4 MiB behind it/]);
  grown.fill(0, 512, 1024);
  const fromBackup = await reading(grown);
  t.ok(kindsOf(fromBackup).includes('gpt-primary-damaged'), 'by the size in the protective MBR');
  t.equal(fromBackup.partitions.length, 2);
});

t.test('an image that was cut', async (t) => {
  const found = await reading(built().subarray(0, 6 * mebibyte));
  t.same(kindsOf(found), ['disk-smaller-than-table', 'partition-beyond-disk', 'protective-mbr-size']);
  t.same(placesOf(found), [
    [1, mebibyte, 3 * mebibyte],
    [2, 4 * mebibyte, 2 * mebibyte],
  ]);
  const short = await reading(built().subarray(0, 2 * mebibyte + 100));
  t.same(placesOf(short), [[1, mebibyte, mebibyte + 100]], 'what has no byte on the disk is not listed');
  t.ok(kindsOf(short).includes('disk-size-odd'));
});

t.test('copies that disagree', async (t) => {
  const entries = await changed((disk) => {
    disk.writeBigUInt64LE(9000n, (last - 32) * 512 + 128 + 40);
    sealGpt(disk, last);
  });
  t.same(kindsOf(entries), ['gpt-copies-differ']);
  t.match(evidenceOf(entries, 'gpt-copies-differ'), [/checksum of the entries 0x[0-9a-f]+ and 0x/]);
  t.same(placesOf(entries)[1], [2, 4 * mebibyte, (16351 - 8192) * 512], 'the primary counts');
  const links = await changed((disk) => {
    disk.writeBigUInt64LE(2n, last * 512 + 32);
    sealGpt(disk, last);
  });
  t.match(evidenceOf(links, 'gpt-copies-differ'), [/wants its primary in sector 2/]);
  const elsewhere = await changed((disk) => {
    disk.writeBigUInt64LE(BigInt(last - 1), 512 + 32);
    sealGpt(disk, 1);
  });
  t.match(evidenceOf(elsewhere, 'gpt-copies-differ'), [/wants its backup in sector 16382, it is in 16383/]);
});

t.test('a header of another disk at the end is a remain, not the backup', async (t) => {
  const old = builtGpt(12 * mebibyte, [], { diskGuid: '99999999-3333-4444-5555-666677778888' });
  built().copy(old);
  const found = await reading(old);
  t.same(kindsOf(found), ['gpt-backup-not-at-end', 'protective-mbr-size', 'stale-gpt', 'unused-end']);
  t.match(evidenceOf(found, 'stale-gpt'), [/99999999/]);
  old.fill(0, last * 512, (last + 1) * 512);
  t.ok(kindsOf(await reading(old)).includes('gpt-backup-damaged'), 'also where the backup is gone');
});

t.test('headers with right checksums and strange contents', async (t) => {
  const kinds = async (change: (header: Buffer) => void) => kindsOf(await changed(inBoth(change)));
  t.same(await kinds((header) => header.writeUInt32LE(0x20000, 8)), ['gpt-header-unusual']);
  t.same(
    await kinds((header) => header.writeBigUInt64LE(20n, 40)),
    ['gpt-header-unusual'],
    'usable from 20 on',
  );
  t.same(
    await kinds((header) => header.writeBigUInt64LE(8191n, 48)),
    ['gpt-outside-usable'],
    'usable up to 8191',
  );
  t.same(
    await kinds((header) => header.writeBigUInt64LE(30n, 48)),
    ['gpt-header-unusual', 'gpt-outside-usable'],
    'it ends before it begins',
  );
  t.same(await kinds((header) => header.fill(0, 56, 72)), ['gpt-disk-guid-zero']);
  const large = builtGpt(sizeBytes, places.slice(0, 1), { entryBytes: 256 });
  t.same(kindsOf(await reading(large)), ['gpt-header-unusual', 'unused-end']);
  t.equal((await reading(large)).partitions[0]!.name, 'esp');
});

t.test('GUIDs and names of partitions', async (t) => {
  const kinds = async (...more: Parameters<typeof builtGpt>[1]) =>
    kindsOf(await reading(builtGpt(sizeBytes, [places[0]!, ...more])));
  const root = places[1]!;
  t.same(await kinds({ ...root, guid: builtGuid(1) }), ['gpt-guid-duplicate']);
  t.same(await kinds({ ...root, guid: builtDiskGuid }), ['gpt-guid-duplicate']);
  t.same(await kinds({ ...root, guid: '00000000-0000-0000-0000-000000000000' }), ['gpt-guid-zero']);
  t.same(await kinds({ ...root, name: 'esp' }), ['gpt-name-duplicate']);
  t.same(await kinds({ ...root, type: builtGuid(9) }), ['partition-type-unknown']);
  t.same(await kinds({ ...root, first: 9000, last: 8999 }), ['partition-empty', 'unused-end']);
  t.same(await kinds({ ...root, first: 2n ** 63n, last: 2n ** 64n - 1n }), [
    'gpt-outside-usable',
    'partition-beyond-disk',
    'unused-end',
  ]);
  const named = await reading(builtGpt(sizeBytes, [{ ...root, name: 'a\x1b[31m\u202eb\nc' }]));
  t.equal(named.partitions[0]!.name, 'a\\u{1b}[31m\\u{202e}b\\u{a}c', 'names are made printable');
  const active = await reading(builtGpt(sizeBytes, [{ ...root, attributes: 4n }]));
  t.equal(active.partitions[0]!.isActive, true);
  t.same(kindsOf(await reading(builtGpt(sizeBytes, []))), ['no-partitions']);
});

t.test('the protective MBR', async (t) => {
  const kinds = async (entries: Parameters<typeof builtMbr>[1]) =>
    kindsOf(await changed((disk) => writeBootRecord(disk, 0, entries)));
  t.same(await kinds([]), ['protective-mbr-missing']);
  t.same(kindsOf(await changed((disk) => disk.fill(0, 0, 512))), ['protective-mbr-missing']);
  t.same(await kinds([{ type: 0xee, first: 1, count: 0xffffffff }]), []);
  t.same(await kinds([{ type: 0xee, first: 1, count: 77 }]), ['protective-mbr-size']);
  t.same(await kinds([{ type: 0xee, first: 0, count: sectors }]), [
    'protective-mbr-size',
    'protective-mbr-wrong',
  ]);
  const protective = { type: 0xee, first: 1, count: 2047 };
  t.same(await kinds([protective, { type: 0xef, first: 2048, count: 6144 }]), ['hybrid-mbr']);
  t.same(await kinds([protective, { type: 0xef, first: 2048, count: 6145 }]), [
    'hybrid-mbr',
    'hybrid-mbr-disagrees',
  ]);
  const wiped = await changed((disk) => disk.fill(0, 0, 1024));
  t.same(
    kindsOf(wiped),
    ['no-partition-table', 'stale-gpt'],
    'a backup alone that nothing announces is a remain',
  );
  t.equal(wiped.table, 'none');
});

t.test('sectors of 4096 bytes', async (t) => {
  const partition = { first: 256, last: 2041 };
  const large = builtGpt(sizeBytes, [partition], { sectorBytes: 4096 });
  const found = await reading(large);
  t.match(found, { table: 'gpt', sectorBytes: 4096, diskId: builtDiskGuid });
  t.same(kindsOf(found), ['gpt-sectors-4k']);
  t.same(placesOf(found), [[1, mebibyte, (2042 - 256) * 4096]]);
  t.same(found.unpartitioned.slice(0, 2), [
    { offsetBytes: 0, lengthBytes: 440 },
    { offsetBytes: 512, lengthBytes: 4096 - 512 },
  ]);
  large.fill(0, 4096, 4200);
  t.same(kindsOf(await reading(large)), ['gpt-primary-damaged', 'gpt-sectors-4k']);
  const both = builtGpt(sizeBytes, [partition], { sectorBytes: 4096 });
  // A table of 512-byte sectors with few entries fits before it.
  const small = builtGpt(sizeBytes, [{ first: 2048, last: 16000 }], { entryCount: 8 });
  small.copy(both, 0, 0, 2048);
  const two = await reading(both);
  t.ok(kindsOf(two).includes('gpt-two-sector-sizes'));
  t.equal(two.sectorBytes, 512);
});

t.test('ten thousand partitions end in findings', async (t) => {
  const size = 64 * mebibyte;
  const many = Array.from({ length: 10_000 }, (_, index) => ({
    first: 4096 + index * 8,
    last: 4103 + index * 8,
  }));
  const found = await reading(builtGpt(size, many, { entryCount: 10_000 }));
  t.equal(found.partitions.length, 255);
  t.same(kindsOf(found), ['partition-not-on-mebibyte', 'partitions-too-many', 'unused-end']);
  t.same(evidenceOf(found, 'partitions-too-many'), ['9745 of 10000 partitions, the first is number 256']);
  const notes = evidenceOf(found, 'partition-not-on-mebibyte');
  t.equal(notes.length, 16);
  t.match(notes.at(-1), /^\d+ more, not listed/);
  t.equal(found.unpartitioned.length, 3, 'those that are not listed are not unpartitioned either');
  const all = Array.from({ length: 10_000 }, () => ({ first: 0, last: 131071 }));
  const over = await reading(builtGpt(size, all, { entryCount: 10_000 }));
  t.match(kindsOf(over).join(), /partition-over-table,partition-overlap/);
  t.ok(over.findings.length < 100);
  const absurd = builtGpt(size, [], { entryCount: 40_000 });
  t.same(kindsOf(await reading(absurd)), ['gpt-damaged'], 'more than the limit is not read');
});
