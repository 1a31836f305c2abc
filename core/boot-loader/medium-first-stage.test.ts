import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import t from 'tap';
import { sectorBytes } from '../../foundation/index.ts';
import { writeIso } from '../../images/media/iso-image.ts';
import { encodeRecord } from '../records/index.ts';
import { assembleMediumFirstStage } from './assemble-medium-first-stage.ts';
import { nextStartSector, nextStartSectorBytes } from './next-start.ts';

const record = nextStartSectorBytes({ partitionNumber: 2 });
const folder = t.testdir({ note: 'a file', disk: Buffer.alloc(432) });
const cdPath = join(folder, 'medium.iso');
await makeCd();

t.test('the code takes one block of a CD, and is the same every time', async (t) => {
  const code = await assembleMediumFirstStage();
  t.equal(code.length, 2048);
  t.ok(
    code.subarray(8, 64).every((byte) => byte === 0),
    'there is room for the boot information table',
  );
  t.same(await assembleMediumFirstStage(), code);
});

t.test('without a record isolinux starts, as if the BIOS had loaded it', async (t) => {
  t.equal(await boot([]), 'Ie0', 'no disk');
  t.equal(await boot([await makeDisk({})]), 'Ie0', 'a disk without a record');
});

t.test('a disk with a record is chained to, once', async (t) => {
  const path = await makeDisk({ sector: record, ending: 'restart' });
  t.equal(await boot([path]), 'ASSAY MEDIUM chain disk 1 partition 2|D80|Ie0');
  const disk = await readFile(path);
  t.ok(
    sectorOf(disk, nextStartSector).every((byte) => byte === 0),
    'the record is erased',
  );
  const neighbours = [nextStartSector - 1, nextStartSector + 1].map((sector) => sectorOf(disk, sector)[0]);
  t.same(neighbours, [0xa5, 0xa5], 'and nothing beside it');
});

t.test('the first disk that has a record is the one', async (t) => {
  const [without, withRecord] = [await makeDisk({}), await makeDisk({ sector: record, letter: 'S' })];
  t.equal(await boot([without, withRecord]), 'ASSAY MEDIUM chain disk 2 partition 2|S81');
  const other = await makeDisk({ sector: nextStartSectorBytes({ partitionNumber: 1 }), ending: 'restart' });
  const last = await makeDisk({ sector: record, letter: 'S' });
  t.equal(
    await boot([other, last]),
    'ASSAY MEDIUM chain disk 1 partition 1|D80|ASSAY MEDIUM chain disk 2 partition 2|S81',
  );
});

t.test('what is no whole record of this kind does not count, and stays', async (t) => {
  const payload = Buffer.from([2, 255, 0, 0]);
  const damaged: Record<string, Buffer> = {
    magic: checked(changed(record, 0)),
    version: checked(changed(record, 8)),
    kind: encodeRecord('boot-control', 1, payload),
    length: encodeRecord('next-start', 1, Buffer.alloc(5)),
    payload: changed(record, 20),
    'last byte that is checked': changed(record, 507),
    checksum: changed(record, 511),
  };
  for (const [name, sector] of Object.entries(damaged)) {
    const path = await makeDisk({ sector });
    t.equal(await boot([path]), 'Ie0', name);
    t.same(sectorOf(await readFile(path), nextStartSector), sector, name);
  }
});

t.test(
  'what cannot be erased for certain does not count: a failing disk must not keep the medium out',
  async (t) => {
    const unwritable = await makeDisk({ sector: record });
    t.equal(
      await boot([unwritable], { fault: { 'inject-error': [{ event: 'none', iotype: 'write' }] } }),
      'Ie0',
    );
    t.equal(await boot([unwritable], { readOnly: true }), 'Ie0');
    // From the first write on, reading fails.
    const afterWriting = { 'inject-error': [{ event: 'pwritev', iotype: 'read' }] };
    t.equal(await boot([await makeDisk({ sector: record })], { fault: afterWriting }), 'Ie0');
  },
);

t.test('a disk that cannot be read, or has no master boot record, leads to isolinux', async (t) => {
  const unreadable = (sector: number) => ({ 'inject-error': [{ event: 'none', iotype: 'read', sector }] });
  const path = await makeDisk({ sector: record });
  t.equal(await boot([path], { fault: unreadable(nextStartSector) }), 'Ie0');
  const nothing = 'ASSAY MEDIUM the disk has no master boot record|Ie0';
  t.equal(await boot([path], { fault: unreadable(0) }), nothing);
  t.equal(await boot([await makeDisk({ sector: record, mark: 0 })]), nothing);
});

t.test('a start that hangs is ended by the watchdog, and then isolinux starts', async (t) => {
  const sector = nextStartSectorBytes({ partitionNumber: 2, watchdog: 14 });
  const path = await makeDisk({ sector, ending: 'hang' });
  t.equal(await boot([path], { watchdog: true }), 'ASSAY MEDIUM chain disk 1 partition 2|D80|Ie0');
});

/** A CD with our first stage, and in place of isolinux what prints `I` and the drive, and powers off. */
async function makeCd(): Promise<void> {
  const loaderPath = join(folder, 'loader');
  const loader = Buffer.alloc(3 * 2048 - 1, 0x5a);
  loader.set(talkingCode('I', 'off', 64));
  await writeFile(loaderPath, loader);
  const content = new Map([['/note', join(folder, 'note')]]);
  await writeIso({ content, path: cdPath, loaderPath, diskBootCodePath: join(folder, 'disk') });
}

interface DiskOptions {
  /** What lies in the sector of the record. */
  sector?: Buffer;
  letter?: string;
  ending?: 'off' | 'restart' | 'hang';
  /** The last two bytes of sector 0. */
  mark?: number;
}

/** A disk whose master boot record prints its letter and the drive; what nobody should touch holds a pattern. */
async function makeDisk(options: DiskOptions): Promise<string> {
  const { sector, letter = 'D', ending = 'off', mark = 0xaa55 } = options;
  const path = join(await mkdtemp(join(folder, 'disk-')), 'disk.raw');
  const disk = Buffer.alloc(1024 ** 2, 0xa5);
  disk.set(talkingCode(letter, ending, 0));
  disk.writeUInt16LE(mark, sectorBytes - 2);
  if (sector !== undefined) disk.set(sector, nextStartSector * sectorBytes);
  await writeFile(path, disk);
  return path;
}

/** Prints `letter` and DL as two hexadecimal digits on COM1, then ends. A jump leads over what is kept free at 8. */
function talkingCode(letter: string, ending: 'off' | 'restart' | 'hang', codeAt: number): number[] {
  const ends = {
    off: [0xba, 0x04, 0x06, 0xb8, 0x00, 0x20, 0xef], // mov dx, 0x604; mov ax, 0x2000; out dx, ax
    restart: [0xba, 0xf9, 0x0c, 0xb0, 0x06, 0xee], // mov dx, 0xcf9; mov al, 6; out dx, al
    hang: [],
  };
  const digit = [0x3c, 0x0a, 0x72, 0x02, 0x04, 0x27, 0x04, 0x30, 0xee]; // cmp al, 10; jb +2; add al, 39; add al, '0'; out
  const code = [
    ...[0x88, 0xd3, 0xba, 0xf8, 0x03], // mov bl, dl; mov dx, 0x3f8
    ...[0xb0, letter.charCodeAt(0), 0xee], // mov al, letter; out dx, al
    ...[0x88, 0xd8, 0xc0, 0xe8, 0x04, ...digit], // mov al, bl; shr al, 4
    ...[0x88, 0xd8, 0x24, 0x0f, ...digit], // mov al, bl; and al, 15
    ...[0xb0, 0x0a, 0xee], // a line ends
    ...ends[ending],
    ...[0xfa, 0xf4, 0xeb, 0xfc], // cli; hlt; jmp back
  ];
  return codeAt === 0 ? code : [0xeb, codeAt - 2, ...new Array(codeAt - 2).fill(0x90), ...code];
}

/** With the checksum that its bytes should have. */
function checked(sector: Buffer): Buffer {
  sector.writeUInt32LE(crc32(sector.subarray(0, 508)), 508);
  return sector;
}

function changed(sector: Buffer, offset: number): Buffer {
  const copy = Buffer.from(sector);
  copy[offset]! ^= 0x10;
  return copy;
}

function sectorOf(disk: Buffer, sector: number): Buffer {
  return disk.subarray(sector * sectorBytes, (sector + 1) * sectorBytes);
}

interface BootOptions {
  /** Rules of QEMU's blkdebug for the first disk. */
  fault?: Record<string, unknown>;
  readOnly?: boolean;
  watchdog?: boolean;
}

/** Starts a real machine from the CD, with these disks; the lines that it printed on COM1, joined by a bar. */
async function boot(disks: readonly string[], options: BootOptions = {}): Promise<string> {
  const cd = { driver: 'file', filename: cdPath, 'node-name': 'cd0', 'read-only': true };
  const machine = spawn(
    'qemu-system-x86_64',
    [
      ...['-machine', 'q35', '-accel', 'tcg', '-m', '64', '-nodefaults', '-display', 'none'],
      ...['-blockdev', JSON.stringify(cd), '-device', 'ide-cd,drive=cd0,bootindex=0'],
      ...disks.flatMap((path, index) => diskArguments(path, index, index === 0 ? options : {})),
      ...(options.watchdog ? ['-device', 'ib700'] : []),
      ...['-serial', 'stdio'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return (await collectOutput(machine))
    .trim()
    .split(/[\r\n]+/)
    .join('|');
}

function diskArguments(path: string, index: number, { fault, readOnly = false }: BootOptions): string[] {
  const file = { driver: 'file', filename: path, 'node-name': `file${index}`, 'read-only': readOnly };
  const shown = fault
    ? { driver: 'blkdebug', image: file['node-name'], ...fault }
    : { driver: 'raw', file: file['node-name'] };
  const disk = { ...shown, 'node-name': `disk${index}`, 'read-only': readOnly };
  return [
    ...['-blockdev', JSON.stringify(file), '-blockdev', JSON.stringify(disk)],
    ...['-device', `virtio-blk-pci,drive=disk${index},addr=0x1${index},werror=report,rerror=report`],
  ];
}

async function collectOutput(machine: ChildProcess): Promise<string> {
  let output = '';
  const ended = once(machine, 'exit');
  const deadline = setTimeout(() => machine.kill('SIGKILL'), 60_000);
  machine.stdout!.setEncoding('latin1').on('data', (text: string) => {
    output += text;
    // A loop is what these tests must never see.
    if (output.length > 1000) machine.kill('SIGKILL');
  });
  await ended;
  clearTimeout(deadline);
  return output;
}
