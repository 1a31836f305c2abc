import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { benchMachine, benchReadyText } from './fixtures/bench-machine.ts';
import type { RunningMachine } from './index.ts';

t.test('a machine starts, answers, and is switched off by its power button', async (t) => {
  const observed: string[] = [];
  const { machine, folder, remove } = await benchMachine(
    {
      smbios: { serial: 'SN,1', product: 'Probe' },
      serialPorts: ['lcd'],
      nics: [{ mac: '52:54:00:aa:bb:cc', forwardTcpPorts: [80] }],
    },
    { observer: { onPower: (_machine, action) => observed.push(action) } },
  );
  t.teardown(remove);
  await using _machine = machine;
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText);

  await t.test('hardware is as declared', async (t) => {
    const { output } = await running.console.run(
      'cat /sys/class/dmi/id/product_serial /sys/class/dmi/id/product_name /sys/class/net/eth0/address',
    );
    t.equal(output, 'SN,1\nProbe\n52:54:00:aa:bb:cc\n');
  });

  await t.test('a second serial port is read on its own', async (t) => {
    await running.console.run('echo "LCD 42" > /dev/ttyS1');
    t.match(await running.serialPort('lcd').expect(/LCD (\d+)/), { groups: ['42'] });
  });

  await t.test(
    'a service is reached through the network, and a port nobody declared is refused',
    async (t) => {
      await running.console.run(
        'ip addr add 10.0.2.15/24 dev eth0; ip link set eth0 up; mkdir /www; echo page >/www/index.html; httpd -h /www',
      );
      t.match(await running.request('/index.html'), { status: 200, text: 'page\n' });
      await t.rejects(running.request('/', { port: 81 }), { code: 'VM_SPEC_INVALID', message: /81/ });
    },
  );

  await t.test('kernel lines in the middle of a prompt do not disturb', async (t) => {
    const result = await running.console.run(
      "printf 'Please enter pas'; echo '<1>from the kernel' >/dev/kmsg; printf 'sphrase: '",
    );
    t.equal(result.output, 'Please enter passphrase: ');
    t.match(result.kernelMessages, [/from the kernel/]);
  });

  await t.test('the log of the kernel, printed by a command, is output and no restart', async (t) => {
    const { output } = await running.console.run("echo '[    0.000000] Linux version 6.1'; echo still here");
    t.match(output, /Linux version 6\.1\nstill here\n$/);
    t.equal((await running.console.run('echo and later')).output, 'and later\n');
  });

  await t.test('a reset starts the guest again, and the shell with it', async (t) => {
    const before = await translationFlushes(running);
    await running.reset();
    await running.console.expect(benchReadyText);
    t.equal((await running.console.run('echo anew')).output, 'anew\n');
    t.ok((await translationFlushes(running)) > before, 'the code of the last start was forgotten');
    t.match(await running.qmp.execute('query-status'), { status: 'running' });
    const events = running.qmpEvents.map(({ event }) => event);
    t.notOk(events.includes('STOP'), 'what Assay does meanwhile is no event of the machine');
    t.same(
      (await readdir(folder)).filter((file) => file.includes('gdb')),
      [],
      'no debugger listens',
    );
  });

  await t.test('a reset of a paused machine leaves it paused', async (t) => {
    await running.qmp.execute('stop');
    await running.reset();
    await running.qmp.execute('query-name');
    t.match(await running.qmp.execute('query-status'), { running: false });
    await running.qmp.execute('cont');
    await running.console.expect(benchReadyText);
  });

  await t.test('a restart in the middle of a command ends the command and hides nothing', async (t) => {
    const command = running.console.run('reboot -f; sleep 100');
    await t.rejects(command, { code: 'VM_SHELL_ENDED' });
    await running.console.expect(benchReadyText);
    await running.console.run('true');
  });

  await t.test('power button', async (t) => {
    await running.pressPowerButton();
    await running.waitForPowerOff();
    t.match(await running.ended, { how: 'powered-off' });
    await t.rejects(running.console.expect('anything'), { code: 'VM_POWERED_OFF', blame: 'product' });
    t.same(
      observed,
      ['on', 'reset', 'reset', 'button', 'powered-off'],
      'what the guest did itself is no press of a button',
    );
  });

  await t.test('evidence stays, sockets do not', async (t) => {
    await machine[Symbol.asyncDispose]();
    const files = await readdir(folder, { recursive: true });
    t.same(
      files.filter((file) => /\.(sock|in)$/.test(file)),
      [],
    );
    t.match(await readFile(join(folder, 'bench', 'console.log'), 'utf8'), /ASSAY BENCH UP/);
    const recording = (await readFile(join(folder, 'bench', 'console.cast'), 'utf8')).trim().split('\n');
    const [header, ...events] = recording.map((line) => JSON.parse(line));
    t.match(header, { version: 2, title: 'bench console' });
    t.ok(
      events.some(([, code, data]) => code === 'o' && data.includes(benchReadyText)),
      'output is recorded',
    );
    t.ok(
      events.some(([, code, data]) => code === 'm' && data === 'power on'),
      'power on is marked',
    );
  });
});

t.test('disks: overlays end with the machine, kept writes stay', async (t) => {
  const folder = t.testdir({ 'overlay.raw': 'A'.repeat(1024 * 1024), 'kept.raw': 'B'.repeat(1024 * 1024) });
  const disk = (name: string) => ({ name, path: join(folder, `${name}.raw`), serial: `SER-${name}` });
  const { machine, remove } = await benchMachine({
    disks: [disk('overlay'), { ...disk('kept'), writes: 'kept' }],
  });
  t.teardown(remove);
  await using _machine = machine;
  const running = await machine.powerOn();
  const { console } = running;
  await console.expect(benchReadyText);
  const serials = await console.run('cat /sys/block/vda/serial; echo; cat /sys/block/vdb/serial');
  t.equal(serials.output, 'SER-overlay\nSER-kept');
  t.match(
    (await console.run('readlink -f /sys/block/vda')).output,
    /0000:00:10\.0\//,
    'at its declared port',
  );
  await console.run('for d in vda vdb; do printf XXXX | dd of=/dev/$d conv=notrunc,fsync; done');
  await running.cut();
  t.match(await running.ended, { how: 'cut' });
  await t.rejects(console.run('true'), { code: 'VM_MACHINE_OFF' });

  const again = await machine.powerOn();
  await again.console.expect(benchReadyText);
  t.equal(
    (await again.console.run('head -c 4 /dev/vda')).output,
    'XXXX',
    'an overlay lives over power cycles',
  );
  await machine[Symbol.asyncDispose]();
  t.equal((await readFile(join(folder, 'overlay.raw'), 'utf8')).slice(0, 4), 'AAAA');
  t.equal((await readFile(join(folder, 'kept.raw'), 'utf8')).slice(0, 4), 'XXXX');
});

t.test('a machine that is disposed of while it starts is off', async (t) => {
  const { machine, remove } = await benchMachine();
  t.teardown(remove);
  const starting = machine.powerOn().then(
    (running) => running.ended,
    () => undefined,
  );
  // QEMU is there, or nearly so.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await machine[Symbol.asyncDispose]();
  t.notOk(machine.isOn);
  await starting;
  t.notOk(machine.isOn, 'nothing has started since');
  await t.rejects(machine.powerOn(), { code: 'VM_MACHINE_OFF' });
});

t.test('wrong declarations are refused with the place and the nearest key', async (t) => {
  const wrong = (spec: object) => benchMachine(spec as never);
  await t.rejects(wrong({ memroyMiB: 1 }), {
    code: 'FOUNDATION_CONFIG_INVALID',
    message: /memroyMiB.*"memoryMiB"/,
  });
  await t.rejects(wrong({ nics: [{ mac: 'nonsense' }] }), { message: /nics\.0\.mac/ });
  const { machine, remove } = await benchMachine({ bootOrder: ['floppy'] });
  t.teardown(remove);
  await t.rejects(machine.powerOn(), { code: 'VM_SPEC_INVALID', message: /floppy/ });
});

/** How often the emulator has dropped all of its translated code. */
async function translationFlushes(running: RunningMachine): Promise<number> {
  return Number(/TB flush count\s+(\d+)/.exec(await running.qmp.monitor('info jit'))![1]);
}
