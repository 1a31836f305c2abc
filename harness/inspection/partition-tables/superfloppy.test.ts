import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { builtGpt } from './fixtures/built-gpt.ts';
import { writeBootRecord } from './fixtures/built-mbr.ts';
import { evidenceOf, kindsOf, mebibyte, reading } from './fixtures/readings.ts';

const linux = { type: 0x83, first: 2048, count: 14336, flag: 0x80 };

async function madeBy(folder: string, tool: string, ...options: string[]): Promise<Buffer> {
  const path = join(folder, `${tool}.img`);
  await writeFile(path, '');
  await truncate(path, 8 * mebibyte);
  await runTool(tool, [...options, path]);
  return await readFile(path);
}

t.test('a file system without a table is one partition, the whole disk', async (t) => {
  const disks: [string, Buffer][] = [
    ['FAT', await madeBy(t.testdir({}), 'mkfs.fat')],
    ['ext2, ext3 or ext4', await madeBy(t.testdir({}), 'mke2fs', '-q', '-t', 'ext4')],
  ];
  for (const [name, disk] of disks) {
    const found = await reading(disk);
    t.same(kindsOf(found), ['file-system-without-table'], name);
    t.match(evidenceOf(found, 'file-system-without-table')[0], name);
    const whole = { number: 0, kind: 'whole-disk', offsetBytes: 0, sizeBytes: disk.length, type: '' };
    t.same(found.partitions, [{ ...whole, isActive: false }]);
    t.match(found, { table: 'none', diskId: '', unpartitioned: [] });
  }
});

t.test('FAT with code where a table would be, NTFS with its texts', async (t) => {
  const fat = await madeBy(t.testdir({}), 'mkfs.fat');
  for (let at = 90; at < 510; at += 1) fat[at] = (at * 37) & 0xff;
  t.equal((await reading(fat)).table, 'none');
  writeBootRecord(fat, 0, [{ ...linux, flag: 0x61 }]);
  t.equal((await reading(fat)).table, 'none', 'code that makes sense but for its flag');
  const ntfs = Buffer.alloc(8 * mebibyte);
  ntfs.write('\xebR\x90NTFS    ', 0, 'latin1');
  ntfs.write('BOOTMGR is compressed\r\nPress Ctrl+Alt+Del to restart\r\nBOOTMGR is missing\r\n', 430);
  ntfs.writeUInt16BE(0x55aa, 510);
  t.match(await reading(ntfs), { table: 'none', findings: [{ evidence: /NTFS/ }] });
});

t.test(
  'boot parameters of FAT left in the sector of a table: the table counts, and both are told of',
  async (t) => {
    const disk = await madeBy(t.testdir({}), 'mkfs.fat');
    writeBootRecord(disk, 0, [linux]);
    disk.writeUInt32LE(7, 440);
    const found = await reading(disk);
    t.equal(found.table, 'mbr');
    t.same(kindsOf(found), ['file-system-beside-table']);
  },
);

t.test('what a hybrid ISO image has on purpose is not told of', async (t) => {
  const disk = Buffer.alloc(8 * mebibyte);
  disk.write('CD001', 32769);
  disk.writeUInt32LE(7, 440);
  writeBootRecord(disk, 0, [{ ...linux, first: 0, count: 16384 }]);
  t.same(kindsOf(await reading(disk)), ['partition-from-sector-zero']);
  writeBootRecord(disk, 0, [linux]);
  t.same(kindsOf(await reading(disk)), []);
});

t.test('a table without its mark is read as if it had one, and is an error', async (t) => {
  const disk = Buffer.alloc(8 * mebibyte);
  disk.writeUInt32LE(7, 440);
  writeBootRecord(disk, 0, [linux]);
  disk.writeUInt16BE(0, 510);
  const { table, findings, partitions } = await reading(disk);
  t.match({ table, partitions }, { table: 'mbr', partitions: [{ number: 1, type: linux.type }] });
  t.match(findings, [
    {
      ...{ kind: 'mbr-signature-missing', where: 'sector 0' },
      evidence: 'it ends in 0000, and its entries lie on the disk',
      range: { offsetBytes: 510, lengthBytes: 2 },
    },
  ]);
  const used = builtGpt(8 * mebibyte, [{ first: 2048, last: 4095 }]);
  used.fill(0, 0, 1024);
  writeBootRecord(used, 0, [linux]);
  used.writeUInt16BE(0, 510);
  const beside = await reading(used);
  t.equal(beside.table, 'mbr', 'a remainder of a GPT changes nothing');
  t.ok(['mbr-signature-missing', 'stale-gpt'].every((kind) => kindsOf(beside).includes(kind)));
  writeBootRecord(disk, 0, [{ ...linux, count: 16 * 2048 }]);
  disk.writeUInt16BE(0, 510);
  t.same(kindsOf(await reading(disk)), ['no-partition-table'], 'entries that end behind the disk are none');
});

t.test('nothing at all, garbage, and very small disks', async (t) => {
  t.match(await reading(Buffer.alloc(mebibyte)), {
    ...{ table: 'none', findings: [{ kind: 'no-partition-table', evidence: 'sector 0 is all zeros' }] },
    partitions: [{ number: 0, sizeBytes: mebibyte }],
  });
  const text = Buffer.alloc(mebibyte, 'a text that says nothing ');
  text.writeUInt16BE(0x55aa, 510);
  t.match(await reading(text), { table: 'none', findings: [{ kind: 'no-partition-table' }] });
  writeBootRecord(text, 0, [{ type: 0x61, first: 10, count: 0x61616161, flag: 0x61 }]);
  t.equal((await reading(text)).table, 'none', 'text that begins on the disk and ends far behind it');
  const key = Buffer.alloc(1024 ** 2, 'a key, raw on a disk. ');
  const { findings } = await reading(key);
  const evidence = findings.find(({ kind }) => kind === 'no-partition-table')!.evidence;
  t.equal(evidence, 'sector 0: 512 of its first 512 bytes are not zero; it ends in 792c', 'no more of it');
  t.match(await reading(Buffer.alloc(100)), {
    findings: [{ kind: 'disk-too-small', evidence: '100 bytes' }],
  });
  t.same((await reading(Buffer.alloc(0))).partitions, []);
  t.equal((await reading(Buffer.alloc(512))).table, 'none');
});
