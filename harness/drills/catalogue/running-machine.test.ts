import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { benchMachine, benchReadyText } from '../../../vm/fixtures/bench-machine.ts';
import type { Machine, MachineSpec, RunningMachine } from '../../../vm/index.ts';
import type { FaultTarget } from '../fault-declaration.ts';
import { parsePlannedFault } from '../fault-plan.ts';

// Real machines: deadlines are ceilings, and one machine runs at a time.
t.setTimeout(600_000);

const mac = '52:54:00:00:00:01';
const service = { guestAddress: '10.0.2.100', guestPort: 80 };

async function makeMachine(t: Test, spec: Partial<MachineSpec> = {}): Promise<Machine> {
  const { machine, remove } = await benchMachine(spec);
  t.teardown(async () => {
    await machine[Symbol.asyncDispose]();
    await remove();
  });
  return machine;
}

async function start(machine: Machine): Promise<RunningMachine> {
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText);
  return running;
}

async function inject(t: Test, machine: Machine, text: string, running?: RunningMachine, holdsWrite = false) {
  const { declaration, parameters } = parsePlannedFault(`${text} at step:/now/`);
  const scratchFolder = await mkdtemp('/tmp/running-');
  t.teardown(() => rm(scratchFolder, { recursive: true, force: true }));
  const [disk] = machine.diskFiles;
  const target: FaultTarget = {
    ...{ machine, disk, seed: 'seven', scratchFolder, holdsWrite, signal: new AbortController().signal },
    get running() {
      return running?.isOn ? running : undefined;
    },
  };
  return await declaration.inject(target, parameters);
}

t.test('the power is cut, and takes what was not flushed', async (t) => {
  const path = join(t.testdir(), 'data.raw');
  await writeFile(path, Buffer.alloc(1024 ** 2, 'a'));
  const machine = await makeMachine(t, {
    disks: [{ name: 'data', path, writes: 'kept', intercepted: true }],
  });
  const running = await start(machine);
  await running.console.run('yes B | head -c 8192 | dd of=/dev/vda bs=8192 oflag=direct');
  const { what, proof } = await inject(t, machine, 'power-cut', running);
  t.match(await running.ended, { how: 'cut' });
  t.notOk(machine.isOn);
  t.equal(what, 'the power was cut; of 1 writes to disk data that were not flushed, 1 were lost');
  t.match(proof(), `QEMU, process ${running.pid}, was killed; 8192 bytes of disk data changed by the loss`);

  const again = await start(machine);
  await t.test('the reset button, pressed in the middle of a write: the disk ends its write', async (t) => {
    const held = machine.disk('data').atWrite({ number: 1, when: 'middle' }, async () => {
      const { proof, happened } = await inject(t, machine, 'reset', again, true);
      void happened?.then(() => reset.resolve(proof()), reset.reject);
    });
    const reset = Promise.withResolvers<string | undefined>();
    await again.console.run('yes C | head -c 8192 | dd of=/dev/vda bs=8192 oflag=direct 2>/dev/null &');
    await held.finished;
    t.match(await reset.promise, '1 RESET event of QEMU');
    await again.console.expect(benchReadyText);
  });
  const kept = await inject(t, machine, 'power-cut lose=nothing', again);
  t.match(await again.ended, { how: 'cut' });
  t.equal(kept.proof(), `QEMU, process ${again.pid}, was killed`);
});

t.test('resets, and what hangs or panics', async (t) => {
  const machine = await makeMachine(t);
  const running = await start(machine);

  await t.test('a brown-out resets it again and again', async (t) => {
    const { proof, happened } = await inject(t, machine, 'reset-storm times=3 everyMs=200', running);
    await happened;
    t.match(proof(), '3 RESET events of QEMU');
    await running.console.expect(benchReadyText);
  });

  await t.test('one press of the button', async (t) => {
    const { proof, happened } = await inject(t, machine, 'reset', running);
    await happened;
    t.match(proof(), '1 RESET event of QEMU');
    await running.console.expect(benchReadyText);
  });

  await t.test('the whole machine stands still, and goes on', async (t) => {
    const events = () => running.qmpEvents.map(({ event }) => event).filter((event) => event !== 'RESET');
    const before = events().length;
    const { proof } = await inject(t, machine, 'machine-hangs seconds=0.2', running);
    t.match(proof(), 'paused');
    t.same(events().slice(before), ['STOP', 'RESUME']);
    t.equal((await running.console.run('echo on')).output.trim(), 'on');
  });

  await t.test('the system hangs until it is reset', async (t) => {
    const { proof } = await inject(t, machine, 'system-hangs', running);
    t.match(proof(), /a jump to itself was written at 0x[0-9a-f]+, .* with interrupts off$/);
    const status = await running.qmp.execute('query-status');
    t.match(status, { status: 'running' }, 'the machine runs, and what is in it does not');
    const where = async () => /RIP=([0-9a-f]+)/.exec(await running.qmp.monitor('info registers'))?.[1];
    const before = await where();
    await delay(100);
    t.equal(await where(), before);
    await running.reset();
    await running.console.expect(benchReadyText);
  });

  await t.test('the kernel panics', async (t) => {
    const { proof, happened } = await inject(t, machine, 'kernel-panics', running);
    await happened;
    t.match(proof(), /stack pointer was 0x[0-9a-f]+ and is 0; the console: Kernel panic - not syncing: /);
    // panic=1 of the bench system.
    await running.console.expect(benchReadyText, { panic: 'is-noted' });
  });

  await t.test('a machine check', async (t) => {
    const { proof } = await inject(t, machine, 'machine-check', running);
    t.match(proof(), /MEMORY_FAILURE.*"recipient":"guest"/);
  });
});

t.test('a panic that does not come is no proof', async (t) => {
  const { machine, remove } = await benchMachine({ directBoot: undefined });
  t.teardown(remove);
  await using _machine = machine;
  // Nothing to start from: there is no kernel that could panic.
  const running = await machine.powerOn();
  const { proof, stop } = await inject(t, machine, 'kernel-panics', running);
  await delay(200);
  t.equal(proof(), undefined);
  await stop!();
});

t.test('faults of the network', async (t) => {
  await using server = createServer({ allowHalfOpen: true }, (socket) => {
    socket
      .on('error', () => undefined)
      .resume()
      .end('right\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: hostPort } = server.address() as { port: number };
  const machine = await makeMachine(t, { nics: [{ mac, services: [{ ...service, hostPort }] }] });
  let running = await start(machine);
  const up = 'ip link set eth0 up && ip addr add 10.0.2.15/24 dev eth0';
  await running.console.run(up);
  const say = async (command: string) =>
    (await running.console.run(command, { acceptExitCodes: 'any' })).output.trim();
  const received = async (count = 2) =>
    Number(/(\d+) packets received/.exec(await say(`ping -c ${count} -w ${count + 3} 10.0.2.2`))?.[1]);
  const ask = () => say('echo | nc -w 5 10.0.2.100 80 | od -c | head -n 1');
  const right = /r +i +g +h +t/;
  t.equal(await received(), 2);
  t.match(await ask(), right);

  await t.test('the cable is pulled, also at the next power-on', async (t) => {
    const { proof, stop } = await inject(t, machine, 'link-lost', running);
    t.match(proof(), 'nic0');
    const carrier = () => say('cat /sys/class/net/eth0/carrier');
    t.equal(await carrier(), '0');
    await running.cut();
    running = await start(machine);
    await running.console.run(up);
    t.equal(await carrier(), '0', 'nobody has put it in again');
    await stop!();
    await delay(100);
    t.equal(await carrier(), '1');
  });

  await t.test('for some time', async (t) => {
    const { stop } = await inject(t, machine, 'link-lost seconds=0.1', running);
    await running.console.run('until grep -q 1 /sys/class/net/eth0/carrier; do sleep 0.1; done');
    await stop!();
  });

  await t.test('frames are lost while the link is up', async (t) => {
    const { proof, happened, stop } = await inject(t, machine, 'network-lossy percent=100', running);
    t.equal(proof(), undefined);
    t.equal(await received(), 0);
    t.equal(await say('cat /sys/class/net/eth0/carrier'), '1');
    await happened;
    t.match(proof(), /^\d+ bytes of frames were taken off the wire$/);
    await stop!();
    t.equal(await received(), 2, 'and come through again');
  });

  await t.test('some are lost in bursts', async (t) => {
    const { happened, stop } = await inject(t, machine, 'network-lossy percent=50 burstMs=40', running);
    const answered = await say(
      'for n in $(seq 20); do ping -c 1 -W 1 10.0.2.2 >/dev/null && echo yes; done | wc -l',
    );
    await happened;
    t.ok(Number(answered) > 0 && Number(answered) < 20, answered);
    await stop!();
    t.same(
      await running.qmp
        .execute('qom-list', { path: '/objects' })
        .then((all) => JSON.stringify(all).includes('loss-')),
      false,
    );
  });

  await t.test('frames come late', async (t) => {
    const { happened, proof, stop } = await inject(t, machine, 'network-slow delayMs=600', running);
    const [, longest] = /min\/avg\/max = .*\/([\d.]+) ms/.exec(await say('ping -c 3 10.0.2.2')) ?? [];
    t.ok(Number(longest) > 100, `at most ${longest} ms`);
    await happened;
    t.match(proof(), /frames were held/);
    await stop!();
    t.equal(await received(), 2);
  });

  await t.test('servers are gone, late or wrong', async (t) => {
    const gone = await inject(t, machine, 'server-gone', running);
    t.equal(gone.proof(), undefined);
    t.equal(await ask(), '0000000');
    t.equal(gone.proof(), '1 connections were closed');
    await gone.stop!();
    t.match(await ask(), right);

    const wrong = await inject(t, machine, 'server-answers-wrong', running);
    const answer = await ask();
    t.match(answer, /^0000000 +\S/);
    t.notMatch(answer, right);
    t.match(wrong.proof(), '1 connections were answered with noise');
    await wrong.stop!();

    const slow = await inject(t, machine, 'server-slow delayMs=1500', running);
    const { durationMs } = await running.console.run('echo | nc -w 5 10.0.2.100 80');
    t.ok(durationMs >= 1500, String(durationMs));
    t.match(slow.proof(), '1 connections were slow');
    await slow.stop!();
    t.match(await ask(), right);
  });
});

t.test('a card that was pulled out is not there, and the other one is where it was', async (t) => {
  const machine = await makeMachine(t, { nics: [{ mac }, { mac: '52:54:00:00:00:02' }] });
  const { stop } = await inject(t, machine, 'nic-removed');
  const addresses = async () => {
    const running = await start(machine);
    const { output } = await running.console.run(
      'cat /sys/bus/pci/devices/*/virtio*/net/*/address; ls -d /sys/bus/pci/devices/*/virtio*/net/*',
    );
    await running.cut();
    return output;
  };
  const without = await addresses();
  t.match(without, /^52:54:00:00:00:02\n\S+0000:00:09\.0/);
  t.notMatch(without, mac);
  await stop!();
  t.match(await addresses(), mac);
});
