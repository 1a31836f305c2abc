import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { sectorBytes } from '../../foundation/index.ts';
import { encodePartitionTable, findDisk, findRecord, readLayout, resolveLayout } from '../layout/index.ts';
import { assembleMasterBootRecord } from './assemble-master-boot-record.ts';
import { type BootControl, BootControlStore } from './boot-control.ts';

const declared = await readLayout('images/layouts/headless.yaml');
const layout = resolveLayout(declared);
const disk = findDisk(layout, 'system');
const slot = findRecord(layout, 'system', 'boot-control');
const [primary, emergency] = disk.partitions;
const code = await assembleMasterBootRecord(layout);

t.test('the code fits before the disk signature, and is the same every time', async (t) => {
  t.ok(code.length <= 440, `${code.length} bytes`);
  t.same(await assembleMasterBootRecord(layout), code);
});

t.test('attempts are counted on the disk, and the emergency system follows the last one', async (t) => {
  const path = await makeDisk(t, { target: 'primary', attempts: 0, attemptLimit: 3 });
  const lines: string[] = [];
  for (let start = 0; start < 5; start += 1) lines.push(await boot(path));
  t.same(lines, [
    'ASSAY MBR primary 1/3|P80',
    'ASSAY MBR primary 2/3|P80',
    'ASSAY MBR primary 3/3|P80',
    'ASSAY MBR emergency 3/3|E80',
    'ASSAY MBR emergency 3/3|E80',
  ]);
  await using store = await BootControlStore.open(path, slot);
  t.same(await store.read(), { target: 'primary', attempts: 3, attemptLimit: 3 });
  await store.clearAttempts();
  t.equal(await boot(path), 'ASSAY MBR primary 1/3|P80');
});

t.test('the copies take turns, and the newer one counts wherever it lies', async (t) => {
  const path = await makeDisk(t, { target: 'primary', attempts: 9, attemptLimit: 255 });
  const sequences: unknown[] = [];
  for (let start = 0; start < 3; start += 1) {
    await boot(path);
    await using store = await BootControlStore.open(path, slot, { readOnly: true });
    const { copies } = await store.inspect();
    sequences.push(copies.map((copy) => (copy.state === 'valid' ? copy.sequence : copy)));
  }
  t.same(sequences, [
    [1, 2],
    [3, 2],
    [3, 4],
  ]);
  t.equal(await boot(path), 'ASSAY MBR primary 13/255|P80');
});

t.test('numbers of three digits are printed whole', async (t) => {
  const path = await makeDisk(t, { target: 'primary', attempts: 199, attemptLimit: 255 });
  t.equal(await boot(path), 'ASSAY MBR primary 200/255|P80');
});

t.test('the target emergency is taken without counting', async (t) => {
  const path = await makeDisk(t, { target: 'emergency', attempts: 1, attemptLimit: 3 });
  const before = await readRecordSectors(path);
  t.equal(await boot(path), 'ASSAY MBR emergency 1/3|E80');
  t.same(await readRecordSectors(path), before);
});

t.test('one damaged copy is survived, and replaced by the count', async (t) => {
  for (const copy of [0, 1]) {
    const path = await makeDisk(t, { target: 'primary', attempts: 1, attemptLimit: 3 });
    await overwrite(path, slot.sectors[copy]! * sectorBytes + 21, [7]);
    t.equal(await boot(path), 'ASSAY MBR primary 2/3|P80');
    await using store = await BootControlStore.open(path, slot, { readOnly: true });
    const { copies } = await store.inspect();
    t.same(
      copies.map(({ state }) => state),
      ['valid', 'valid'],
    );
    t.same(await store.read(), { target: 'primary', attempts: 2, attemptLimit: 3 });
  }
});

t.test('a record of another kind is not taken for the boot control record', async (t) => {
  const path = await makeDisk(t, { target: 'primary', attempts: 0, attemptLimit: 3 }, 'signature');
  t.equal(await boot(path), 'ASSAY MBR bad record|ASSAY MBR emergency|E80');
});

t.test('with no valid copy the emergency system is started, and nothing is written', async (t) => {
  const damaged = await makeDisk(t, { target: 'primary', attempts: 0, attemptLimit: 3 });
  for (const sector of slot.sectors) await overwrite(damaged, sector * sectorBytes + 300, [1]);
  const before = await readRecordSectors(damaged);
  t.equal(await boot(damaged), 'ASSAY MBR bad record|ASSAY MBR emergency|E80');
  t.same(await readRecordSectors(damaged), before);

  const empty = await makeDisk(t, undefined);
  t.equal(await boot(empty), 'ASSAY MBR bad record|ASSAY MBR emergency|E80');
});

t.test('without a boot sector the other system is started', async (t) => {
  const noPrimary = await makeDisk(t, { target: 'primary', attempts: 0, attemptLimit: 3 });
  await overwrite(noPrimary, primary!.firstSector * sectorBytes + 510, [0, 0]);
  t.equal(await boot(noPrimary), 'ASSAY MBR primary 1/3|ASSAY MBR emergency 1/3|E80');

  const noEmergency = await makeDisk(t, { target: 'emergency', attempts: 3, attemptLimit: 3 });
  await overwrite(noEmergency, emergency!.firstSector * sectorBytes + 510, [0, 0]);
  t.equal(await boot(noEmergency), 'ASSAY MBR emergency 3/3|ASSAY MBR primary 3/3|P80');

  const noEntry = await makeDisk(t, { target: 'primary', attempts: 0, attemptLimit: 3 });
  await overwrite(noEntry, 446, new Array(16).fill(0));
  t.equal(await boot(noEntry), 'ASSAY MBR primary 1/3|ASSAY MBR emergency 1/3|E80');
});

t.test('with nothing to start it says so', async (t) => {
  const path = await makeDisk(t, { target: 'primary', attempts: 0, attemptLimit: 3 });
  for (const { firstSector } of [primary!, emergency!]) {
    await overwrite(path, firstSector * sectorBytes + 510, [0, 0]);
  }
  const output = await boot(path, { until: 'no system' });
  t.match(output, 'ASSAY MBR primary 1/3|ASSAY MBR emergency 1/3|ASSAY MBR primary 1/3|ASSAY MBR no system');
});

t.test('an attempt that cannot be counted is not made', async (t) => {
  const path = await makeDisk(t, { target: 'primary', attempts: 0, attemptLimit: 3 });
  t.equal(await boot(path, { fault: { iotype: 'write' } }), 'ASSAY MBR bad record|ASSAY MBR emergency|E80');
});

t.test('unreadable sectors are survived like damaged ones', async (t) => {
  const path = await makeDisk(t, { target: 'primary', attempts: 0, attemptLimit: 3 });
  const fault = (sector: number) => ({ fault: { iotype: 'read', sector } });
  t.equal(await boot(path, fault(slot.sectors[0]!)), 'ASSAY MBR primary 1/3|P80');
  t.equal(await boot(path, fault(slot.sectors[1]!)), 'ASSAY MBR primary 2/3|P80');
  t.equal(await boot(path, fault(primary!.firstSector)), 'ASSAY MBR primary 3/3|ASSAY MBR emergency 3/3|E80');
});

t.test(
  'a start that hangs is ended by the watchdog, counted, and at last the emergency system comes',
  async (t) => {
    const watched = resolveLayout({ ...declared, watchdog: { kind: 'ib700', seconds: 2 } });
    const watchedCode = await assembleMasterBootRecord(watched);
    t.ok(watchedCode.length <= 440, `${watchedCode.length} bytes`);
    const path = await makeDisk(t, { target: 'primary', attempts: 0, attemptLimit: 2 });
    await overwrite(path, 0, [...watchedCode]);
    await overwrite(path, primary!.firstSector * sectorBytes, [0xfa, 0xf4, 0xeb, 0xfc]); // cli; hlt; jmp back
    t.equal(
      await boot(path, { watchdog: true }),
      'ASSAY MBR primary 1/2|ASSAY MBR primary 2/2|ASSAY MBR emergency 2/2|E80',
    );
  },
);

/** A disk with the real master boot record and boot sectors that print their letter and the drive, and power off. */
async function makeDisk(t: Test, control?: BootControl, kind = slot.kind): Promise<string> {
  const path = join(t.testdir({}), 'disk.raw');
  const file = await open(path, 'w+');
  try {
    await file.truncate(disk.sizeBytes);
    for (const { sector, bytes } of encodePartitionTable(disk, 0x12345678, code)) {
      await file.write(bytes, 0, sectorBytes, sector * sectorBytes);
    }
    for (const [partition, letter] of [
      [primary!, 'P'],
      [emergency!, 'E'],
    ] as const) {
      await file.write(talkingBootSector(letter), 0, sectorBytes, partition.firstSector * sectorBytes);
    }
    if (control !== undefined) {
      await using store = await BootControlStore.open(file, { ...slot, kind });
      await store.reset(control);
    }
  } finally {
    await file.close();
  }
  return path;
}

/** Prints `letter`, the drive number and whether DS:SI is an active entry, then powers the machine off. */
function talkingBootSector(letter: string): Buffer {
  const machineCode = [
    ...[0xba, 0xf8, 0x03], // mov dx, 0x3f8
    ...[0xb0, letter.charCodeAt(0), 0xee], // mov al, letter; out dx, al
    ...[0x8a, 0x04], // mov al, [si]: 0x80 when the entry is marked active
    ...[0xd4, 0x10, 0x04, 0x30, 0x86, 0xc4, 0x04, 0x30], // aam 16; add al, '0'; xchg al, ah; add al, '0'
    ...[0xee, 0x86, 0xc4, 0xee], // out dx, al; xchg al, ah; out dx, al
    ...[0xba, 0x04, 0x06, 0xb8, 0x00, 0x20, 0xef], // mov dx, 0x604; mov ax, 0x2000; out dx, ax: power off
    ...[0xf4, 0xeb, 0xfd], // hlt; jmp to it
  ];
  const sector = Buffer.alloc(sectorBytes);
  sector.set(machineCode);
  sector.writeUInt16LE(0xaa55, sectorBytes - 2);
  return sector;
}

async function overwrite(path: string, offsetBytes: number, bytes: number[]): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(Uint8Array.from(bytes), 0, bytes.length, offsetBytes);
  await file.close();
}

async function readRecordSectors(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  const { buffer } = await file.read(Buffer.alloc(32 * sectorBytes), 0, 32 * sectorBytes, 0);
  await file.close();
  return buffer;
}

interface BootOptions {
  /** Ends the machine when this is seen; without it, the machine ends itself. */
  until?: string;
  /** A rule of QEMU's blkdebug for the disk. */
  fault?: Record<string, unknown>;
  watchdog?: boolean;
}

/** Boots a real machine from the disk; the lines that it printed on COM1, joined by a bar. */
async function boot(path: string, options: BootOptions = {}): Promise<string> {
  const file = { driver: 'file', filename: path, 'node-name': 'file0' };
  const failing = {
    driver: 'blkdebug',
    'node-name': 'disk0',
    image: 'file0',
    'inject-error': [{ event: 'none', errno: 5, ...options.fault }],
  };
  const top = options.fault ? failing : { driver: 'raw', 'node-name': 'disk0', file: 'file0' };
  const machine = spawn(
    'qemu-system-x86_64',
    [
      ...['-machine', 'q35', '-accel', 'tcg', '-m', '64', '-nodefaults', '-display', 'none'],
      ...['-blockdev', JSON.stringify(file), '-blockdev', JSON.stringify(top)],
      ...(options.watchdog ? ['-device', 'ib700'] : ['-no-reboot']),
      ...['-device', 'virtio-blk-pci,drive=disk0,addr=0x10,werror=report', '-serial', 'stdio'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  return (await collectOutput(machine, options.until))
    .trim()
    .split(/[\r\n]+/)
    .join('|');
}

async function collectOutput(machine: ChildProcess, until?: string): Promise<string> {
  let output = '';
  const ended = once(machine, 'exit');
  const deadline = setTimeout(() => machine.kill('SIGKILL'), 60_000);
  machine.stdout!.setEncoding('latin1').on('data', (text: string) => {
    output += text;
    if (until !== undefined && output.includes(until)) machine.kill('SIGKILL');
  });
  await ended;
  clearTimeout(deadline);
  return output;
}
