import t from 'tap';
import { benchMachine, benchReadyText } from './fixtures/bench-machine.ts';
import type { RunningMachine } from './index.ts';

/** An hour of an idle guest was measured to take 1.2 to 2.6 s of a free processor; this is a ceiling. */
const hourTimeoutMs = 15_000;

t.test('an hour of the guest passes while the host does little else', async (t) => {
  // Declared for a host with KVM: a machine whose time is virtual does not ask it.
  const { machine, remove } = await benchMachine(
    { virtualTime: true, clock: '2031-05-06T07:08:09' },
    { accelerator: 'kvm' },
  );
  t.teardown(remove);
  await using _machine = machine;
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText);

  await t.test('on its clocks, which agree', async (t) => {
    const before = await clocksOf(running);
    t.ok(before.dateSeconds >= Date.UTC(2031, 4, 6, 7, 8, 9) / 1000, 'it begins at the declared time');
    await running.console.run('sleep 3600', { timeoutMs: hourTimeoutMs });
    const after = await clocksOf(running);
    t.ok(isAnHourAndABit(after.uptimeSeconds - before.uptimeSeconds));
    t.ok(isAnHourAndABit(after.dateSeconds - before.dateSeconds));
    t.ok(isAnHourAndABit(after.hardwareSeconds - before.hardwareSeconds), 'the real-time clock');
  });

  await t.test('and again after a reset, which the hardware clock survives', async (t) => {
    const before = await clocksOf(running);
    await running.reset();
    await running.console.expect(benchReadyText);
    const after = await clocksOf(running);
    t.ok(after.uptimeSeconds < before.uptimeSeconds, 'the guest started anew');
    t.ok(after.hardwareSeconds >= before.hardwareSeconds, 'its real-time clock went on');
    t.match(await running.qmp.execute('query-status'), { status: 'running' });
    t.ok(await translationFlushes(running), 'the code of the last start was forgotten');
    await running.console.run('sleep 3600', { timeoutMs: hourTimeoutMs });
    t.ok(isAnHourAndABit((await clocksOf(running)).uptimeSeconds - after.uptimeSeconds));
  });

  await t.test('and its power button works', async () => {
    await running.pressPowerButton();
    await running.waitForPowerOff();
  });
});

t.test('more processors than one are refused', async (t) => {
  await t.rejects(benchMachine({ virtualTime: true, cpus: 2 }), {
    code: 'FOUNDATION_CONFIG_INVALID',
    message: /cpus: one processor/,
  });
});

/** Beside the hour there is what the guest idles while the test thinks: some 1500 s for each second of the host. */
function isAnHourAndABit(seconds: number): boolean {
  return seconds >= 3600 && seconds < 24 * 3600;
}

async function clocksOf(running: RunningMachine) {
  const { output } = await running.console.run(
    'cut -d" " -f1 /proc/uptime; date +%s; cat /sys/class/rtc/rtc0/since_epoch',
  );
  const [uptimeSeconds, dateSeconds, hardwareSeconds] = output.trim().split('\n').map(Number);
  return { uptimeSeconds: uptimeSeconds!, dateSeconds: dateSeconds!, hardwareSeconds: hardwareSeconds! };
}

/** Whether the emulator has dropped all of its translated code at least once. */
async function translationFlushes(running: RunningMachine): Promise<boolean> {
  return Number(/TB flush count\s+(\d+)/.exec(await running.qmp.monitor('info jit'))![1]) > 0;
}
