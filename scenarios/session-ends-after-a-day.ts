import { recoveryMedium, scenario } from 'assay';

scenario(
  'session-ends-after-a-day',
  {
    summary:
      'a shell that is still there after 24 hours ends in a forced restart, also when it hangs on something (R9)',
    tags: ['medium'],
    timeoutMs: 30 * 60_000,
  },
  async (bench) => {
    const cdPath = await recoveryMedium(bench);
    // Where nothing happens, the guest's clock goes on as fast as the host can: a day takes about a minute.
    const machine = await bench.machine({ name: 'alpha', memoryMiB: 512, cdPath, virtualTime: true });
    const { console } = await machine.powerOn();
    const prompt = () => console.expect('ASSAY PROMPT', { timeoutMs: 300_000 });
    await bench.step('the medium leads to a prompt', prompt, { category: 'boot', machine: 'alpha' });
    await console.expect(/# $/);
    await console.sendLine("trap '' HUP TERM INT; while true; do sleep 1000; done");
    const forced = () =>
      console.expect('not finished after 86400 seconds: forced restart', { timeoutMs: 900_000 });
    await bench.step('a day passes', forced, { category: 'wait', machine: 'alpha' });
    // The kernel's own time since its start: the guest's clock flies on while the harness thinks.
    const { groups } = await console.expect(/\[ *(\d+)\.\d+\] reboot: Restarting system/);
    const secondsOverADay = Number(groups[0]) - 86_400;
    bench.measure('from the start of the kernel to the restart, beyond a day', secondsOverADay, 's');
    bench.check(
      'it was a day, and the start of the system before it',
      secondsOverADay >= 0 && secondsOverADay < 300,
      true,
    );
    await bench.step('the medium leads to a prompt again', prompt, { category: 'boot', machine: 'alpha' });
  },
);
