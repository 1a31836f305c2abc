import { open } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { ImageSource } from '../image-source.ts';
import { recogniseRawData } from './known-raw-data.ts';
import { onePassFindingKinds } from './one-pass-finding-kinds.ts';
import { readOnce } from './read-once.ts';
import { UnpartitionedData, type UnpartitionedOptions } from './unpartitioned-data.ts';

const mebibyte = 1024 ** 2;

async function inspected(
  folder: string,
  parts: readonly [number, Buffer | string][],
  options: UnpartitionedOptions,
  sizeBytes = 20 * mebibyte,
): Promise<UnpartitionedData> {
  const path = join(folder, 'disk');
  {
    await using disk = await open(path, 'w');
    await disk.truncate(sizeBytes);
    for (const [offsetBytes, content] of parts) {
      const bytes = Buffer.from(content as string);
      await disk.write(bytes, 0, bytes.length, offsetBytes);
    }
  }
  await using source = await ImageSource.open(path);
  const data = new UnpartitionedData(options);
  await readOnce(source, { observers: [data] });
  return data;
}

t.test('only what lies in the ranges counts, by sectors, near ones together', async (t) => {
  const data = await inspected(
    t.testdir(),
    [
      [0, 'table'],
      [512 * 10 + 100, 'one'],
      [512 * 20, 'two'],
      [mebibyte - 1, 'x'],
      [mebibyte, 'in a partition'],
      [10 * mebibyte, 'behind'],
      [20 * mebibyte - 512, 'last'],
    ],
    {
      ranges: [
        { offsetBytes: 8 * mebibyte, lengthBytes: 12 * mebibyte },
        { offsetBytes: 512, lengthBytes: mebibyte - 512 },
      ],
    },
  );
  const findings = data.findings();
  t.match(findings, [
    {
      kind: 'raw-data-outside-partitions',
      where: 'sectors 10 to 20',
      range: { offsetBytes: 5120, lengthBytes: 11 * 512 },
    },
    { where: 'sector 2047' },
    { where: 'sector 20480' },
    { where: 'sector 40959' },
  ]);
  t.equal(findings.length, 4);
  t.match(data.stretches[0], { dataBytes: 1024, looksLike: [] });
  t.match(findings[0]!.evidence, /^1024 bytes, 0\.\d bits of entropy a byte; it looks like nothing known$/);
  for (const { kind } of findings) t.ok(onePassFindingKinds.some(({ id }) => id === kind));
});

t.test('what the profile declares is left out, to the sector, and listed', async (t) => {
  const data = await inspected(t.testdir(), [[512, Buffer.alloc(512 * 8, 7)]], {
    ranges: [{ offsetBytes: 512, lengthBytes: mebibyte }],
    respected: [
      { offsetBytes: 512 * 6, lengthBytes: 512 },
      { offsetBytes: 512 * 2, lengthBytes: 1024 },
      { offsetBytes: 512 * 3, lengthBytes: 512 },
    ],
  });
  t.match(data.findings(), [
    { kind: 'raw-data-outside-partitions', where: 'sectors 1 to 8', evidence: /^2560 bytes/ },
    { kind: 'raw-data-declared', where: 'sectors 2 to 3', evidence: '1024 bytes' },
    { kind: 'raw-data-declared', where: 'sector 3' },
    { kind: 'raw-data-declared', where: 'sector 6' },
  ]);
});

t.test('a declared range that is all there is leaves nothing', async (t) => {
  const respected = [{ offsetBytes: 1024, lengthBytes: 512 }];
  const ranges = [{ offsetBytes: 512, lengthBytes: mebibyte }];
  const data = await inspected(t.testdir(), [[1024, 'licence']], { ranges, respected });
  t.same(
    data.findings().map(({ kind }) => kind),
    ['raw-data-declared'],
  );
});

t.test('entropy tells noise from text', async (t) => {
  const noise = Buffer.from(Array.from({ length: 65_536 }, (_, index) => index & 255));
  const data = await inspected(
    t.testdir(),
    [
      [mebibyte, noise],
      [10 * mebibyte, Buffer.alloc(65_536, 'ab')],
      [15 * mebibyte, Buffer.alloc(65_536, 'a')],
    ],
    { ranges: [{ offsetBytes: 0, lengthBytes: 20 * mebibyte }] },
  );
  data.findings();
  t.same(
    data.stretches.map(({ entropy }) => entropy),
    [8, 1, 0],
  );
});

t.test('known things are recognised, over zeros too, and others are not', async (t) => {
  const sector = (content: string, at = 0) => {
    const bytes = Buffer.alloc(512);
    bytes.write(content, at, 'latin1');
    return bytes;
  };
  const grub = sector('loading\0.\0\r\n\0Geom\0Read\0 Error', 380);
  grub.write('\x52\x56\xbe\x1b\x81', 0, 'latin1');
  const ext = Buffer.alloc(512);
  ext.writeUInt16LE(0xef53, 56);
  ext.writeUInt32LE(2, 24);
  t.same(recogniseRawData(grub), ['GRUB core.img']);
  t.same(
    recogniseRawData(Buffer.concat([Buffer.alloc(512, 0xeb), grub])),
    ['GRUB core.img'],
    'behind the boot record',
  );
  t.same(recogniseRawData(Buffer.concat([sector('x'), sector('x'), grub])), [], 'not in its third sector');
  t.same(recogniseRawData(sector('\r\nSYSLINUX 6.04 ', 2)), ['syslinux']);
  t.same(recogniseRawData(sector('EFI PART')), ['a header of a GUID partition table']);
  t.same(recogniseRawData(sector('EFI PART', 1)), []);
  t.same(recogniseRawData(sector('LUKS\xba\xbe')), ['a LUKS header']);
  t.same(recogniseRawData(Buffer.concat([sector(''), sector('LABELONE')])), ['an LVM physical volume']);
  t.same(recogniseRawData(sector('\xfc\x4e\x2b\xa9')), ['a Linux RAID superblock']);
  t.same(recogniseRawData(sector('\x55\xaa', 510)), ['a boot record']);
  t.same(recogniseRawData(ext), ['an ext2/3/4 file system']);
  t.same(recogniseRawData(sector('U-Boot SPL 2024.01', 99)), ['U-Boot']);
  t.same(recogniseRawData(Buffer.alloc(0)), []);
  t.same(recogniseRawData(Buffer.alloc(100, 1)), [], 'less than a sector');

  const folder = t.testdir();
  const parts: [number, Buffer][] = [
    [512, Buffer.alloc(512, 1)],
    [512 * 34, sector('EFI PART')],
  ];
  const data = await inspected(folder, parts, { ranges: [{ offsetBytes: 512, lengthBytes: mebibyte }] });
  t.match(data.findings(), [{ evidence: /it looks like a header of a GUID partition table$/ }]);
});

t.test('stretches are bounded, the others are counted', async (t) => {
  const parts = Array.from({ length: 130 }, (_, index) => [index * 128 * 1024, 'x'] as [number, string]);
  const data = await inspected(t.testdir(), parts, {
    ranges: [{ offsetBytes: 0, lengthBytes: 20 * mebibyte }],
  });
  const findings = data.findings();
  t.equal(findings.length, 101);
  t.match(findings.at(-1), { kind: 'raw-data-too-many', evidence: '30 more stretches with 15360 bytes' });
});

t.test('ten thousand ranges, and ranges within holes', async (t) => {
  const ranges = Array.from({ length: 10_000 }, (_, index) => ({
    offsetBytes: index * 2048,
    lengthBytes: 512,
  }));
  const data = await inspected(
    t.testdir(),
    [
      [2048 * 9000, 'here'],
      [2048 * 9000 + 512, 'not'],
    ],
    { ranges },
  );
  t.match(data.findings(), [{ where: `sector ${4 * 9000}` }]);
});
