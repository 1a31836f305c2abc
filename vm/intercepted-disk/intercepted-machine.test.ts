import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { benchMachine, benchReadyText } from '../fixtures/bench-machine.ts';
import { makeBootDisk } from '../fixtures/boot-media.ts';
import type { MachineSpec } from '../index.ts';

const sizeBytes = 4 * 1024 * 1024;

/** A machine whose disk is intercepted, off. */
async function interceptedMachine(t: Test, disk: Partial<NonNullable<MachineSpec['disks']>[number]> = {}) {
  const path = join(t.testdir(), 'data.raw');
  await writeFile(path, Buffer.alloc(sizeBytes, 'a'));
  const { machine, folder, remove } = await benchMachine({
    disks: [{ name: 'data', path, intercepted: true, ...disk }],
  });
  t.teardown(async () => {
    await machine[Symbol.asyncDispose]();
    await remove();
  });
  const powerOn = async () => {
    const running = await machine.powerOn();
    await running.console.expect(benchReadyText);
    return running;
  };
  return { machine, folder, path, powerOn, disk: machine.disk('data') };
}

t.test('a guest gets the errors of its disk, and its writes end with the machine', async (t) => {
  const { machine, folder, path, powerOn, disk } = await interceptedMachine(t);
  const bad = disk.addFault({ kind: 'error', of: 'read', sectors: { first: 100, count: 1 } });
  const running = await powerOn();
  // The guest reads blocks of eight sectors.
  const read = (sector: number) =>
    running.console.run(`dd if=/dev/vda of=/dev/null bs=512 skip=${sector} count=1`, {
      acceptExitCodes: 'any',
    });
  t.match(await read(92), { exitCode: 0 });
  t.match(await read(100), { exitCode: 1, output: /I\/O error|Input\/output error/ });
  t.match(bad.evidence(), /^read \d+ \(sectors? [\d to]+\) was answered with EIO/);
  bad.stop();
  t.match(await read(100), { exitCode: 0 });

  await t.test('a full disk is the guest’s to hear of, and stops nothing', async (t) => {
    const full = disk.addFault({ kind: 'error', of: 'write', errno: 'ENOSPC' });
    const write = 'dd if=/dev/zero of=/dev/vda bs=4096 count=1 oflag=direct';
    t.match(await running.console.run(write, { acceptExitCodes: 'any' }), { exitCode: 1 });
    full.stop();
    t.match(await running.console.run(write), { exitCode: 0 });
  });

  await t.test('a reset keeps the disk connected', async (t) => {
    await running.reset();
    await running.console.expect(benchReadyText);
    const { output } = await running.console.run('head -c 4096 /dev/vda | tr -d "\\0" | wc -c');
    t.equal(output, '0\n', 'what was written is still there');
  });

  await running.cut();
  const file = machine.diskFiles.find(({ name }) => name === 'data')!.path;
  t.ok((await readFile(file)).subarray(0, 4096).equals(Buffer.alloc(4096)));
  await machine[Symbol.asyncDispose]();
  t.notOk(existsSync(file), 'the copy is gone');
  t.same(
    (await readdir(folder, { recursive: true })).filter((name) => /\.sock$|unflushed|intercepted/.test(name)),
    [],
  );
  t.ok((await readFile(path)).equals(Buffer.alloc(sizeBytes, 'a')), 'the image is as it was');
});

t.test('the power is cut in the middle of the n-th write', async (t) => {
  const { powerOn, disk, path } = await interceptedMachine(t, { writes: 'kept' });
  const running = await powerOn();
  const sectors = { first: 0, count: 8 };
  const moment = disk.atWrite({ number: 3, sectors, when: 'middle', sectorsWritten: 5 }, () => running.cut());
  // Five writes of 4 KiB to the same place, each of another byte.
  const write = (octal: number) =>
    `dd if=/dev/zero bs=4096 count=1 2>/dev/null | tr '\\0' '\\10${octal}' | dd of=/dev/vda bs=4096 oflag=direct`;
  const command = running.console.run([1, 2, 3, 4, 5].map(write).join('; '));
  await t.rejects(command, { code: 'VM_MACHINE_OFF' });
  t.match(await moment.finished, { kind: 'write', offsetBytes: 0, lengthBytes: 4096, sectorsWritten: 5 });
  t.match(await running.ended, { how: 'cut' });
  const expected = Buffer.concat([Buffer.alloc(5 * 512, 'C'), Buffer.alloc(3 * 512, 'B')]);
  t.ok(
    (await readFile(path)).subarray(0, 4096).equals(expected),
    'A and B are whole, C is torn, D never was',
  );

  const again = await powerOn();
  const { output } = await again.console.run('dd if=/dev/vda bs=512 skip=4 count=2 2>/dev/null | tr -s BC');
  t.equal(output, 'CB', 'and the machine starts again with it');
});

t.test('a power cut takes what was not flushed', async (t) => {
  const { powerOn, disk, path } = await interceptedMachine(t, { writes: 'kept' });
  const running = await powerOn();
  await running.console.run('yes A | head -c 8192 | dd of=/dev/vda bs=8192 iflag=fullblock conv=fsync');
  t.equal(disk.unflushedWrites, 0, 'fsync has reached the disk');
  await running.console.run('yes B | head -c 8192 | dd of=/dev/vda bs=8192 iflag=fullblock oflag=direct');
  t.equal(disk.unflushedWrites, 1);
  const lost = await running.cut({ lose: { keep: 'none' } });
  t.match(lost, [{ disk: 'data', writes: 1, lost: 1, tornSectors: 0, bytesChanged: 8192 }]);
  t.equal((await readFile(path, 'latin1')).slice(0, 4), 'A\nA\n');
});

t.test('a machine starts from an intercepted disk on every controller', async (t) => {
  for (const controller of ['virtio', 'ahci', 'nvme', 'scsi', 'usb'] as const) {
    const path = await makeBootDisk(t.testdir(), controller);
    const { machine, remove } = await benchMachine({
      directBoot: undefined,
      disks: [{ name: 'disk', path, controller, intercepted: true }],
    });
    t.teardown(remove);
    await using _machine = machine;
    const running = await machine.powerOn();
    t.equal((await running.console.expect(/BOOTED (\S+)\n/)).groups[0], controller);
    t.ok(machine.disk('disk').requests.reads > 0);
    await running.cut();
    const losing = machine.disk('disk').loseUnflushed({ keep: 'none' });
    if (controller === 'nvme') await t.rejects(losing, { code: 'VM_SPEC_INVALID', message: /nvme/ });
    else t.match(await losing, { writes: 0 });
  }
});

t.test('a machine that does not start leaves nothing listening', async (t) => {
  const { machine, folder } = await interceptedMachine(t, { name: 'data', port: 5, controller: 'ahci' });
  const broken = machine.context as { qemuProgram?: string };
  broken.qemuProgram = 'false';
  await t.rejects(machine.powerOn(), { code: 'VM_QEMU_NOT_STARTED' });
  t.same(
    (await readdir(folder)).filter((name) => name.includes('nbd')),
    [],
  );
  delete broken.qemuProgram;
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText);
});

t.test('forks of a machine have its intercepted disk as an ordinary one, each for itself', async (t) => {
  const path = join(t.testdir(), 'data.raw');
  await writeFile(path, 'D'.repeat(1024 * 1024));
  const disk = { name: 'data', path, intercepted: true };
  const { machine, remove } = await benchMachine({ disks: [disk], checkpoints: true });
  t.teardown(remove);
  await using _machine = machine;
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText);
  await running.console.run('printf MORE | dd of=/dev/vda bs=512 seek=8 conv=notrunc,fsync');
  await using checkpoint = await running.checkpoint();
  for (const name of ['first', 'second']) {
    await using fork = await checkpoint.fork({ name });
    const { console } = fork.running;
    await console.run('echo 3 >/proc/sys/vm/drop_caches');
    const read = (sector: number) => `dd if=/dev/vda bs=512 skip=${sector} count=1 2>/dev/null | head -c 4`;
    const { output } = await console.run(`${read(8)}; ${read(0)}; ${read(64)}`);
    t.equal(output, 'MOREDDDDDDDD', 'what the machine has written is there, and no fork has written it');
    await console.run('printf FORK | dd of=/dev/vda bs=512 seek=64 conv=notrunc,fsync');
    t.throws(() => fork.machine.disk('data'), { code: 'VM_SPEC_INVALID' });
  }
});

t.test('what does not go together is refused', async (t) => {
  const path = join(t.testdir(), 'odd.raw');
  await writeFile(path, Buffer.alloc(1000));
  const disk = { name: 'data', path, intercepted: true };
  await t.rejects(benchMachine({ disks: [{ ...disk, badSectors: [1] }] }), {
    message: /badSectors: an intercepted disk/,
  });
  const { machine, remove } = await benchMachine({ disks: [disk] });
  t.teardown(remove);
  await using _machine = machine;
  await t.rejects(machine.powerOn(), { code: 'VM_SPEC_INVALID', message: /1000 bytes/ });
  t.throws(() => machine.disk('other'), { code: 'VM_SPEC_INVALID', message: /data/ });
});
