import { open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';
import { ImageSource } from '../image-source.ts';
import { writeBootRecord } from './fixtures/built-mbr.ts';
import { kindsOf, mebibyte } from './fixtures/readings.ts';
import { readPartitions } from './read-partitions.ts';

interface SfdiskPartition {
  node: string;
  start: number;
  size: number;
  type: string;
  uuid?: string;
  name?: string;
  bootable?: boolean;
}

async function made(folder: string, script: string, sizeBytes: number): Promise<string> {
  const path = join(folder, 'disk.img');
  await writeFile(path, '');
  await truncate(path, sizeBytes);
  await runTool('sfdisk', ['--quiet', path], { input: script });
  return path;
}

async function read(path: string) {
  await using source = await ImageSource.open(path);
  return await readPartitions(source);
}

/** What sfdisk says, in the words of the reading. */
async function bySfdisk(path: string, label: 'dos' | 'gpt') {
  const { stdout } = await runTool('sfdisk', ['--json', path]);
  const { id, partitions } = JSON.parse(stdout).partitiontable as {
    id: string;
    partitions: SfdiskPartition[];
  };
  return {
    diskId: id.toLowerCase(),
    partitions: partitions.map(({ node, start, size, type, uuid, name, bootable = false }) => ({
      number: Number(/(\d+)$/.exec(node.slice(path.length))![1]),
      offsetBytes: start * 512,
      sizeBytes: size * 512,
      type: label === 'dos' ? `0x${type.padStart(2, '0')}` : type.toLowerCase(),
      name,
      uniqueId: uuid?.toLowerCase(),
      isActive: bootable,
    })),
  };
}

async function byAssay(path: string, label: 'dos' | 'gpt') {
  const { diskId, partitions } = await read(path);
  return {
    diskId,
    partitions: partitions.map(({ number, offsetBytes, sizeBytes, type, name, uniqueId, isActive }) => ({
      ...{ number, offsetBytes, sizeBytes, type, name, isActive },
      uniqueId: label === 'dos' ? undefined : uniqueId,
    })),
  };
}

const mbrScript = `label: dos
label-id: 0x8c255309
start=2048, size=4096, type=c, bootable
start=6144, size=10240, type=83
start=16384, size=40960, type=f
start=65536, size=8192, type=82
start=18432, size=4096, type=83
start=24576, size=4096, type=8e
start=30720, size=2048, type=ea
`;

t.test('an MBR with logical drives is read as sfdisk reads it', async (t) => {
  const path = await made(t.testdir({}), mbrScript, 40 * mebibyte);
  t.same(await byAssay(path, 'dos'), await bySfdisk(path, 'dos'));
  const reading = await read(path);
  t.match(reading, { table: 'mbr', sectorBytes: 512 });
  t.same(
    reading.partitions.map(({ number, kind, uniqueId, typeName }) => [number, kind, uniqueId, typeName]),
    [
      [1, 'primary', '8c255309-01', 'FAT32 (LBA)'],
      [2, 'primary', '8c255309-02', 'Linux'],
      [3, 'extended', '8c255309-03', 'extended (LBA)'],
      [4, 'primary', '8c255309-04', 'Linux swap'],
      [5, 'logical', '8c255309-05', 'Linux'],
      [6, 'logical', '8c255309-06', 'Linux LVM'],
      [7, 'logical', '8c255309-07', 'Linux extended boot'],
    ],
  );
  t.same(kindsOf(reading), ['hole-in-table', 'unused-end'], 'holes only');
});

t.test('logical drives keep their numbers when one before them is deleted', async (t) => {
  const path = await made(t.testdir({}), mbrScript, 40 * mebibyte);
  await runTool('sfdisk', ['--quiet', '--delete', path, '5']);
  const expected = await bySfdisk(path, 'dos');
  t.equal(expected.partitions.length, 6);
  t.same(await byAssay(path, 'dos'), expected);
});

const gptScript = `label: gpt
label-id: 29A0DB97-3750-4D41-807F-CEF56A1EFBE8
start=2048, size=4096, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name="EFI System"
start=6144, size=8192, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, name="Größe", attrs="LegacyBIOSBootable"
start=16384, size=8192, type=CA7D7CCB-63ED-4C53-861C-1742536059CC
`;

t.test('a GPT is read as sfdisk reads it', async (t) => {
  const path = await made(t.testdir({}), gptScript, 16 * mebibyte);
  const { diskId, partitions } = await bySfdisk(path, 'gpt');
  // sfdisk tells of the legacy BIOS bit among the attributes, not as a boot flag.
  const expected = partitions.map((partition) => ({ ...partition, isActive: partition.number === 2 }));
  t.same(await byAssay(path, 'gpt'), { diskId, partitions: expected });
  const reading = await read(path);
  t.match(reading, { table: 'gpt', sectorBytes: 512, diskId: '29a0db97-3750-4d41-807f-cef56a1efbe8' });
  t.same(
    reading.partitions.map(({ typeName }) => typeName),
    ['EFI system', 'Linux root (x86-64)', 'LUKS'],
  );
  t.same(kindsOf(reading), ['hole-in-table', 'unused-end']);
});

t.test('a hybrid MBR: the GPT is read, as sfdisk and Linux do', async (t) => {
  const path = await made(t.testdir({}), gptScript, 16 * mebibyte);
  const sector = Buffer.alloc(512);
  writeBootRecord(sector, 0, [
    { type: 0xee, first: 1, count: 2047 },
    { type: 0x83, first: 6144, count: 8192, flag: 0x80 },
  ]);
  const file = await open(path, 'r+');
  await file.write(sector, 446, 66, 446);
  await file.close();
  const expected = await bySfdisk(path, 'gpt');
  t.same(
    (await byAssay(path, 'gpt')).partitions.map(({ uniqueId, offsetBytes }) => [uniqueId, offsetBytes]),
    expected.partitions.map(({ uniqueId, offsetBytes }) => [uniqueId, offsetBytes]),
  );
  const reading = await read(path);
  t.equal(reading.table, 'gpt');
  t.same(kindsOf(reading), ['hole-in-table', 'hybrid-mbr', 'unused-end']);
});

t.test('a GPT of a 4Kn disk is read as fdisk reads it', async (t) => {
  const path = join(t.testdir({}), 'disk.img');
  await writeFile(path, '');
  await truncate(path, 16 * mebibyte);
  await runTool('fdisk', ['--sector-size', '4096', path], {
    input: 'g\nn\n1\n256\n511\nn\n2\n1024\n2047\nw\n',
  });
  const columns = ['--output', 'Start,Sectors,UUID', '--list', path];
  const { stdout } = await runTool('fdisk', ['--sector-size', '4096', ...columns]);
  const expected = [...stdout.matchAll(/^ *(\d+) +(\d+) +([0-9A-F-]{36})$/gm)].map(
    ([, start, sectors, uuid]) => [Number(start) * 4096, Number(sectors) * 4096, uuid!.toLowerCase()],
  );
  t.equal(expected.length, 2);
  const reading = await read(path);
  t.match(reading, { table: 'gpt', sectorBytes: 4096 });
  t.same(
    reading.partitions.map(({ offsetBytes, sizeBytes, uniqueId }) => [offsetBytes, sizeBytes, uniqueId]),
    expected,
  );
  t.same(kindsOf(reading), ['gpt-sectors-4k', 'hole-in-table', 'unused-end']);
});
