import { randomBytes } from 'node:crypto';
import { copyFile, open, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import t from 'tap';
import { runTool } from '../../foundation/index.ts';
import { benchMachine, benchReadyText } from '../fixtures/bench-machine.ts';
import type { WriteLogEntry } from '../index.ts';
import { createMachine, WriteLog } from '../index.ts';
import { emptyWriteLog } from './write-log-format.ts';

const diskBytes = 8 * 1024 ** 2;

const toTheEnd = 'qemu-io -t writeback "$@"';
/** As soon as its log has two writes of 4 KiB. */
const killed = `qemu-io -t writeback "$@" -c 'sleep 60000' & until [ "$(stat -c %s "$LOG")" -ge 9728 ]; do sleep 0.02; done; kill -9 $!`;

/** Runs commands of qemu-io on a disk whose writes QEMU records, as in a machine. */
async function recorded(folder: string, commands: readonly string[], manner = toTheEnd) {
  const disk = join(folder, 'disk.raw');
  const log = join(folder, 'disk.log');
  await writeFile(disk, Buffer.alloc(diskBytes));
  await writeFile(log, emptyWriteLog());
  const file = `file.driver=file,file.filename=${disk}`;
  const node = `driver=blklogwrites,discard=unmap,${file},log.driver=file,log.filename=${log},log-sector-size=512`;
  const given = commands.flatMap((command) => ['-c', command]);
  await runTool('sh', ['-c', manner, 'sh', '--image-opts', node, ...given], { env: { LOG: log } });
  return { disk, log };
}

async function entriesOf(path: string): Promise<WriteLogEntry[]> {
  await using log = await WriteLog.open(path);
  return await log.readEntries();
}

/** The whole log on top of a disk, write by write. */
async function replayed(base: Buffer, path: string): Promise<Buffer> {
  const disk = Buffer.from(base);
  await using log = await WriteLog.open(path);
  for await (const entry of log.entries()) {
    const at = entry.firstSector * 512;
    if (entry.isDiscard) disk.fill(0, at, at + entry.sectorCount * 512);
    else (await log.readData(entry)).copy(disk, at);
  }
  return disk;
}

const facts = (entries: readonly WriteLogEntry[]) =>
  entries.map(({ firstSector, sectorCount, isFlush, isDiscard }) => [
    isFlush ? 'flush' : isDiscard ? 'discard' : 'write',
    firstSector,
    sectorCount,
  ]);

t.test('what QEMU has recorded', async (t) => {
  const content = randomBytes(600 * 1024);
  const pattern = join(t.testdir({ pattern: content }), 'pattern');
  const commands = [
    'write -P 17 0 4k',
    'flush',
    `write -s ${pattern} 1M 600k`,
    'discard 0 2k',
    'write -z 2M 8k',
  ];
  const { disk, log } = await recorded(dirname(pattern), commands);
  t.same(facts(await entriesOf(log)).slice(0, 5), [
    ['write', 0, 8],
    ['flush', 0, 0],
    ['write', 2048, 1200],
    ['discard', 0, 4],
    ['write', 4096, 16],
  ]);
  t.ok(
    (await replayed(Buffer.alloc(diskBytes), log)).equals(await readFile(disk)),
    'replayed it is the disk',
  );
  await using opened = await WriteLog.open(log);
  const [, , large] = await opened.readEntries();
  t.ok((await opened.readData(large!, 1199, 1)).equals(content.subarray(-512)), 'a part of the data');
});

t.test('a log whose QEMU was killed has all that the guest was told of', async (t) => {
  const { disk, log } = await recorded(t.testdir(), ['write -P 1 0 4k', 'write -P 2 4k 4k'], killed);
  await using opened = await WriteLog.open(log);
  t.equal(opened.header.entryCount, 0, 'the first sector tells nothing: there was no flush');
  t.same(facts(await opened.readEntries()), [
    ['write', 0, 8],
    ['write', 8, 8],
  ]);
  t.ok((await replayed(Buffer.alloc(diskBytes), log)).equals(await readFile(disk)));
});

t.test('an entry that is not complete is left out', async (t) => {
  const folder = t.testdir();
  const { log } = await recorded(folder, ['write -P 1 0 4k', 'write -P 2 4k 4k'], killed);
  const whole = await entriesOf(log);
  for (const missing of [1, 4096, 4097, 4096 + 511]) {
    await copyFile(log, join(folder, 'cut'));
    await truncate(join(folder, 'cut'), whole[1]!.endOffsetBytes - missing);
    t.same(await entriesOf(join(folder, 'cut')), whole.slice(0, 1), `${missing} bytes are missing`);
  }
  await using file = await open(log, 'r+');
  await file.write(Buffer.alloc(512), 0, 512, whole[0]!.endOffsetBytes);
  t.same(await entriesOf(log), whole.slice(0, 1), 'its place was taken, and nothing was written there');
});

t.test('a damaged log is refused', async (t) => {
  const folder = t.testdir();
  const { log } = await recorded(folder, ['write -P 1 0 4k', 'write -P 2 4k 4k', 'flush']);
  const whole = await entriesOf(log);
  const damaged = async (offset: number, bytes: number[]) => {
    const path = join(folder, 'damaged');
    await copyFile(log, path);
    await using file = await open(path, 'r+');
    await file.write(Buffer.from(bytes), 0, bytes.length, offset);
    return entriesOf(path);
  };
  await t.rejects(damaged(0, [1]), { code: 'VM_WRITE_LOG_CORRUPT', message: /magic/ });
  await t.rejects(damaged(24, [0, 16]), { code: 'VM_WRITE_LOG_CORRUPT', message: /4096 bytes/ });
  await t.rejects(damaged(512 + 16, [64]), { code: 'VM_WRITE_LOG_CORRUPT', message: /entry 0.*flags 64/s });
  await t.rejects(damaged(512 + 8, [0, 0, 0, 0, 0, 0, 1]), { code: 'VM_WRITE_LOG_CORRUPT' });
  await truncate(log, whole[1]!.endOffsetBytes);
  await t.rejects(entriesOf(log), { code: 'VM_WRITE_LOG_CORRUPT', message: /tells of/ });
  await t.rejects(entriesOf(join(folder, 'absent')), { code: 'VM_WRITE_LOG_CORRUPT' });
});

t.test('disks of a machine whose writes are recorded', async (t) => {
  const folder = t.testdir({ 'data.raw': '', 'kept.raw': '' });
  const [data, kept] = [join(folder, 'data.raw'), join(folder, 'kept.raw')];
  await truncate(data, diskBytes);
  await truncate(kept, diskBytes);
  const bench = await benchMachine({
    disks: [
      { name: 'data', path: data, writeLog: true },
      { name: 'kept', path: kept, writeLog: true, writes: 'kept' },
    ],
  });
  t.teardown(bench.remove);
  await using machine = bench.machine;
  const { console, ...running } = await poweredOn(machine);
  const before = await running.position('data');
  t.equal(before, 512, 'nothing but the header');
  await console.run('dd if=/dev/urandom of=/dev/vda bs=4k count=64 conv=fsync');
  await console.run('dd if=/dev/urandom of=/dev/vdb bs=4k count=32 seek=5 conv=fsync');
  t.ok((await running.position('data')) > 64 * 4096, 'what was acknowledged lies before the position');
  await t.rejects(running.position('none'), { code: 'VM_SPEC_INVALID' });
  await running.cut();
  t.ok(
    (await replayed(Buffer.alloc(diskBytes), machine.writeLogPaths('kept')[0]!)).equals(await readFile(kept)),
  );
  const overlay = machine.diskFiles[0]!.path;
  await runTool('qemu-img', ['convert', '-O', 'raw', overlay, join(folder, 'seen')]);
  t.ok(
    (await replayed(await readFile(data), machine.writeLogPaths('data')[0]!)).equals(
      await readFile(join(folder, 'seen')),
    ),
    'also where writes are discarded',
  );
  t.ok((await entriesOf(machine.writeLogPaths('data')[0]!)).some(({ isFlush }) => isFlush));
  const again = await poweredOn(machine);
  t.equal(await again.position('data'), 512, 'each power on has a log of its own');
  t.equal(machine.writeLogPaths('data').length, 2);
  await again.cut();
});

async function poweredOn(machine: Awaited<ReturnType<typeof benchMachine>>['machine']) {
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText);
  return {
    console: running.console,
    position: (disk: string) => running.writeLogPosition(disk),
    cut: () => running.cut(),
  };
}

t.test('where flushes would not reach the log, nothing is recorded', async (t) => {
  const folder = t.testdir();
  for (const [controller, why] of [
    ['nvme', /FUA/],
    ['ahci', /nobody has measured/],
  ] as const) {
    const spec = { name: 'x', disks: [{ name: 'data', path: 'x', controller, writeLog: true }] };
    await t.rejects(createMachine(spec, { workFolder: folder, runtimeFolder: folder, accelerator: 'tcg' }), {
      code: 'VM_SPEC_INVALID',
      message: why,
    });
  }
});
