import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readlinkSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import t from 'tap';
import { benchMachine, benchReadyText } from '../fixtures/bench-machine.ts';
import type { MachineObserver } from '../index.ts';

const imageBytes = 1024 * 1024;

t.test('a machine is gone on from many times', async (t) => {
  const images = t.testdir({
    'data.raw': 'D'.repeat(imageBytes),
    'kept.raw': 'K'.repeat(imageBytes),
    'other.raw': 'O'.repeat(imageBytes),
    'small.raw': 'S'.repeat(imageBytes - 512),
  });
  const image = (name: string) => join(images, `${name}.raw`);
  const observed: string[] = [];
  const observeFork = (fork: string): MachineObserver => ({
    onPower: (name, action) => observed.push(`${fork} ${name} ${action}`),
  });
  const { machine, folder, remove } = await benchMachine(
    {
      checkpoints: true,
      serialPorts: ['lcd'],
      nics: [{ mac: '52:54:00:aa:bb:cc', forwardTcpPorts: [80] }],
      disks: [
        { name: 'data', path: image('data') },
        { name: 'kept', path: image('kept'), writes: 'kept' },
        { name: 'late', path: image('data') },
      ],
    },
    { observeFork },
  );
  t.teardown(remove);
  await using _machine = machine;
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText);
  await running.console.run('mkdir -p /www; echo remembered >/www/page');
  await running.console.run('printf MORE | dd of=/dev/vda conv=notrunc,fsync');
  await running.console.run(
    'ip addr add 10.0.2.15/24 dev eth0; ip link set eth0 up; busybox httpd -h /www; echo "was here"',
  );
  await machine.keepSecret('s3same-0pen');
  const checkpoint = await running.checkpoint();
  const held = [image('data'), image('kept'), machine.diskFiles[0]!.path, memoryFiles()[0]!];
  const before = await digestsOf(held);
  const openShell = 'printf "%s " "$(cat /www/page)" "$(head -c 4 /dev/vda)" "$(head -c 4 /dev/vdb)"';

  await t.test('which is off then, and its memory has no name on the host', async (t) => {
    t.match(await running.ended, { how: 'cut' });
    t.equal(memoryFiles().length, 1);
    t.same(
      readdirSync('/dev/shm').filter((name) => name.includes(`assay-memory-${process.pid}-`)),
      [],
    );
    await t.rejects(machine.powerOn(), { code: 'VM_CHECKPOINT_HELD' });
    await t.rejects(running.checkpoint(), { code: 'VM_MACHINE_OFF' });
  });

  await t.test('twice at the same time, each with what it writes', async (t) => {
    const names = ['left', 'right'];
    const forks = await Promise.all(names.map((name) => checkpoint.fork({ name })));
    for (const [index, { running }] of forks.entries()) {
      t.equal((await running.console.run(openShell)).output, 'remembered MORE KKKK ');
      await running.console.run(`printf ${names[index]}- | dd of=/dev/vda conv=notrunc,fsync`);
      await running.console.run(`printf ${names[index]}- | dd of=/dev/vdb conv=notrunc,fsync`);
      await running.console.run(`echo "of ${names[index]}" >/www/page`);
    }
    for (const [index, { running }] of forks.entries()) {
      const { output } = await running.console.run(
        'sync; echo 3 >/proc/sys/vm/drop_caches; head -c 5 /dev/vda',
      );
      t.equal(output, `${names[index]}-`.slice(0, 5), 'written by itself');
      t.match(await running.request('/page'), { status: 200, text: `of ${names[index]}\n` });
      await running.console.run('echo "LCD 42" > /dev/ttyS1');
      t.match(await running.serialPort('lcd').expect(/LCD (\d+)/), { groups: ['42'] });
    }
    t.notSame(forks[0]!.running.pid, forks[1]!.running.pid);
    t.same(await digestsOf(held), before, 'and the checkpoint is as it was');
    for (const fork of forks) await fork[Symbol.asyncDispose]();
  });

  await t.test('an ended fork leaves its evidence, and nothing else', async (t) => {
    const fork = await checkpoint.fork({ name: 'gone' });
    t.ok(existsSync(fork.machine.diskFiles[0]!.path));
    await fork.running.console.run('echo it is s3same-0pen');
    await fork[Symbol.asyncDispose]();
    t.throws(() => process.kill(fork.running.pid, 0), { code: 'ESRCH' });
    t.same(
      (await readdir(folder)).filter((name) => name.startsWith('gone.')),
      [],
      'no sockets',
    );
    t.same((await readdir(fork.machine.folder)).sort(), [
      ...['console.cast', 'console.log', 'lcd.cast', 'lcd.log', 'qemu.log'],
    ]);
    const log = await readFile(join(fork.machine.folder, 'console.log'), 'utf8');
    t.notMatch(log, /BENCH UP/, 'a log of its own');
    t.match(log, /it is \*+/, 'what was secret before is so still');
    t.same(observed.slice(-2), ['gone gone on', 'gone gone cut']);
  });

  await t.test('with other images in the place of disks', async (t) => {
    const kept = join(images, 'throwaway.raw');
    await writeFile(kept, 'T'.repeat(imageBytes));
    const disks = { late: { path: image('other') }, kept: { path: kept, writes: 'kept' } } as const;
    await using fork = await checkpoint.fork({ name: 'other', disks });
    const { console } = fork.running;
    t.equal((await console.run('head -c 4 /dev/vdc')).output, 'OOOO', 'what the guest had not read');
    await console.run('for d in vdb vdc; do printf fork | dd of=/dev/$d conv=notrunc,fsync; done');
    await fork[Symbol.asyncDispose]();
    t.equal((await readFile(image('other'), 'utf8')).slice(0, 4), 'OOOO', 'discarded');
    t.equal((await readFile(kept, 'utf8')).slice(0, 4), 'fork', 'kept');
  });

  await t.test('what cannot be forked is refused', async (t) => {
    const refused = (options: object, message: RegExp) =>
      t.rejects(checkpoint.fork({ name: 'refused', ...options }), { code: 'VM_SPEC_INVALID', message });
    await refused({ disks: { floppy: { path: image('other') } } }, /"floppy".*data or kept or late/s);
    await refused({ disks: { late: { path: image('small') } } }, /1048576.*1048064/s);
    await refused({ disks: { late: { path: image('none') } } }, /ENOENT/);
    await refused({ name: 'gone' }, /another one/);
    await t.rejects(checkpoint.fork({ name: 'Wrong Name' }), { code: 'FOUNDATION_CONFIG_INVALID' });
  });

  await t.test('a fork is a machine like others: reset, off, on', async (t) => {
    await using fork = await checkpoint.fork({ name: 'again' });
    const { console } = fork.running;
    await console.run('printf kept | dd of=/dev/vda conv=notrunc,fsync');
    await t.rejects(fork.running.checkpoint(), { code: 'VM_SPEC_INVALID', message: /a fork/ });
    await fork.running.reset();
    await console.expect(benchReadyText);
    t.equal(
      (await console.run('cat /www/page || echo anew', { acceptExitCodes: 'any' })).output.slice(-5),
      'anew\n',
    );
    await fork.running.cut();
    const second = await fork.machine.powerOn();
    await second.console.expect(benchReadyText);
    t.equal((await second.console.run('head -c 4 /dev/vda')).output, 'kept', 'its disks are as it left them');
    const { output } = await second.console.run('head -c 4 /dev/vdb');
    t.equal(output, 'KKKK');
  });

  await t.test('whoever writes to an image of it is found out', async (t) => {
    t.same(await digestsOf(held), before, 'up to here it is as it was');
    await writeFile(image('kept'), 'X'.repeat(imageBytes));
    await t.rejects(checkpoint.fork({ name: 'late' }), {
      code: 'VM_CHECKPOINT_CHANGED',
      message: /kept\.raw/,
    });
  });

  await t.test('its end is the end of its forks and of its memory', async (t) => {
    const disks = { kept: { path: image('other') } };
    const fork = await checkpoint.fork({ name: 'last', disks });
    await checkpoint[Symbol.asyncDispose]();
    t.match(await fork.running.ended, { how: 'cut' });
    t.same(memoryFiles(), []);
    await t.rejects(checkpoint.fork({ name: 'too-late' }), { code: 'VM_MACHINE_OFF' });
    const anew = await machine.powerOn();
    await anew.console.expect(benchReadyText);
    t.equal((await anew.console.run('head -c 4 /dev/vda')).output, 'MORE', 'as at the checkpoint');
  });
});

t.test('a machine whose time is virtual, at its prompt', async (t) => {
  const { machine, remove } = await benchMachine({ checkpoints: true, virtualTime: true });
  t.teardown(remove);
  await using _machine = machine;
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText);
  await using checkpoint = await running.checkpoint();
  await using fork = await checkpoint.fork({ name: 'fork' });
  const { output } = await fork.running.console.run('sleep 600; echo slept');
  t.equal(output, 'slept\n');
});

t.test(
  'a machine that cannot be kept goes on; one with a watchdog is reset where it would have been',
  async (t) => {
    const path = join(t.testdir({ 'disk.raw': 'U'.repeat(imageBytes) }), 'disk.raw');
    const { machine, remove } = await benchMachine({
      checkpoints: true,
      watchdog: 'ib700',
      cdPath: path,
      disks: [
        { name: 'usb', path, controller: 'usb' },
        { name: 'scsi', path, controller: 'scsi' },
        { name: 'ahci', path, controller: 'ahci' },
      ],
    });
    t.teardown(remove);
    await using _machine = machine;
    const running = await machine.powerOn();
    await running.console.expect(benchReadyText);

    const postcopy = (state: boolean) =>
      running.qmp.execute('migrate-set-capabilities', {
        capabilities: [{ capability: 'postcopy-ram', state }],
      });
    await postcopy(true);
    await t.rejects(running.checkpoint(), { code: 'VM_CHECKPOINT_FAILED', message: /postcopy/i });
    t.equal((await running.console.run('echo goes on')).output, 'goes on\n');
    await postcopy(false);

    // The IB700's enable port takes a step of 2 s from 30 s on: 2 s, of which the stopped guest has seen none.
    await machine.ejectCd();
    await running.qmp.execute('stop');
    await running.qmp.monitor('o/b 0x443 14');
    await using checkpoint = await running.checkpoint();
    await using fork = await checkpoint.fork({ name: 'fork' });
    t.notMatch(await fork.running.qmp.monitor('info block'), /cd.*disk\.raw/, 'its drive is as empty');
    await fork.running.console.expect(benchReadyText);
    t.ok(fork.running.qmpEvents.some(({ event }) => event === 'WATCHDOG'));
    t.equal((await fork.running.console.run('echo up')).output, 'up\n', 'with a new shell');
  },
);

t.test('machines that cannot be kept are refused', async (t) => {
  const refused = (spec: object, message: RegExp) =>
    t.rejects(benchMachine({ checkpoints: true, ...spec }), { code: 'VM_SPEC_INVALID', message });
  await refused({ disks: [{ name: 'fast', path: '/dev/null', controller: 'nvme' }] }, /fast on nvme/);
  await refused({ nics: [{ mac: '52:54:00:aa:bb:cc', network: 'lan' }] }, /network lan/);
});

/** The memory files that this process has open. */
function memoryFiles(): string[] {
  return readdirSync('/proc/self/fd')
    .map((descriptor) => `/proc/self/fd/${descriptor}`)
    .filter((path) => {
      try {
        return readlinkSync(path).includes('assay-memory-');
      } catch {
        // The descriptor of the listing itself.
        return false;
      }
    });
}

async function digestsOf(paths: readonly string[]): Promise<string[]> {
  return await Promise.all(
    paths.map(async (path) => {
      const hash = createHash('sha1');
      await pipeline(createReadStream(path), hash);
      return hash.digest('hex');
    }),
  );
}
