import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { benchMachine, benchReadyText } from './fixtures/bench-machine.ts';

/** Types a line at the bench system's prompt without waiting for anything. */
async function upAndTyping(t: Test, line: string) {
  const { machine, folder, remove } = await benchMachine();
  t.teardown(async () => {
    await machine[Symbol.asyncDispose]();
    await remove();
  });
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText);
  await running.console.run('true');
  await running.console.releaseShell();
  await running.console.expect('# ');
  await running.console.sendLine(line);
  return { running, machine, folder };
}

t.test('a guest that hangs is said to be silent, and to be the product', async (t) => {
  const { running } = await upAndTyping(t, "trap '' 2; echo last words; sleep 1000");
  await t.rejects(running.console.expect('recovered', { timeoutMs: 600 }), {
    code: 'VM_CONSOLE_SILENT',
    blame: 'product',
    message: /last words/,
  });
});

t.test('invalid UTF-8 does not hide what comes after it', async (t) => {
  const { running, machine, folder } = await upAndTyping(t, "printf '\\377\\376\\303(\\n'; echo r''eady");
  await running.console.expect('ready');
  await machine[Symbol.asyncDispose]();
  const log = await readFile(join(folder, 'bench', 'console.log'));
  t.ok(log.includes(Buffer.of(0xff, 0xfe, 0xc3, 0x28)), 'the log has the bytes as they came');
  for (const line of (await readFile(join(folder, 'bench', 'console.cast'), 'utf8')).trim().split('\n')) {
    t.doesNotThrow(() => JSON.parse(line));
  }
});

t.test('a panic ends every wait at once', async (t) => {
  const { running } = await upAndTyping(t, 'echo c >/proc/sysrq-trigger');
  await t.rejects(running.console.expect('never', { timeoutMs: 100_000 }), {
    code: 'VM_GUEST_PANICKED',
    blame: 'product',
    message: /sysrq triggered crash/i,
  });
});

t.test('a scenario that wants a panic gets it', async (t) => {
  const { running } = await upAndTyping(t, 'echo c >/proc/sysrq-trigger');
  await running.console.expect('Rebooting in', { panic: 'is-noted' });
  t.equal(running.isOn, true);
});

t.test('a QEMU that dies is not blamed on the product', async (t) => {
  const { running } = await upAndTyping(t, 'echo waiting');
  const wait = running.console.expect('never', { timeoutMs: 100_000 });
  process.kill(running.pid, 'SIGKILL');
  await t.rejects(wait, { code: 'VM_QEMU_DIED', blame: 'host', message: /SIGKILL/ });
  t.match(await running.ended, { how: 'died' });
});

t.test('a QEMU that is stopped by the host is not blamed on the product', async (t) => {
  const { running } = await upAndTyping(t, 'echo waiting');
  await running.qmp.execute('stop');
  await t.rejects(running.console.expect('never', { timeoutMs: 400 }), {
    code: 'VM_MACHINE_STALLED',
    blame: 'host',
    message: /paused/,
  });
});

t.test('a QEMU that cannot start says what it printed', async (t) => {
  const { machine, remove } = await benchMachine({
    directBoot: { kernelPath: '/nonexistent/kernel', initramfsPath: '/dev/null' },
  });
  t.teardown(remove);
  await t.rejects(machine.powerOn(), {
    code: 'VM_QEMU_NOT_STARTED',
    blame: 'host',
    message: /nonexistent\/kernel/,
  });
});

t.test('a missing QEMU is named', async (t) => {
  const { machine, remove } = await benchMachine({}, { qemuProgram: 'qemu-that-is-not-there' });
  t.teardown(remove);
  await t.rejects(machine.powerOn(), { blame: 'host', message: /qemu-that-is-not-there/ });
});

t.test('a host without space is not blamed on the product', { skip: cannotMount() }, async (t) => {
  const small = await mkdtemp(join(tmpdir(), 'assay-small-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', small]);
  t.teardown(async () => {
    execFileSync('umount', ['-l', small]);
    await rmdir(small);
  });
  execFileSync('truncate', ['-s', '64M', join(small, 'disk.raw')]);
  const { machine, remove } = await benchMachine({
    disks: [{ name: 'full', path: join(small, 'disk.raw'), writes: 'kept' }],
  });
  t.teardown(remove);
  await using _machine = machine;
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText);
  await t.rejects(
    running.console.run('dd if=/dev/urandom of=/dev/vda bs=1M count=16 conv=fsync', { timeoutMs: 60_000 }),
    {
      code: 'FOUNDATION_DISK_FULL',
      blame: 'host',
    },
  );
});

t.test('a secret that the guest echoes is in no log and no recording', async (t) => {
  const { running, machine, folder } = await upAndTyping(t, "printf 'Pass''word: '; read -r secret");
  await running.console.expect('Password: ');
  await running.console.sendSecretLine('tr0ub4dor');
  await running.console.expect('# ');
  await running.console.sendLine('echo "it was [$secret]"');
  // Not what was typed, which the guest echoes, but what comes of it.
  await running.console.expect(/it was \[[^$\]]+\]/);
  t.notMatch(running.console.tail().join('\n'), 'tr0ub4dor', 'not in evidence');
  await machine[Symbol.asyncDispose]();
  for (const file of ['console.log', 'console.cast']) {
    const content = await readFile(join(folder, 'bench', file), 'utf8');
    t.notMatch(content, 'tr0ub4dor', file);
    t.match(content, /it was \[\*+\]/, `${file} shows where it was`);
  }
});

function cannotMount(): string | false {
  return process.getuid?.() === 0 ? false : 'mounting a small file system needs root';
}
