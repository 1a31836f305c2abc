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
    await console.sendLine("trap '' HUP TERM INT; date +began:%s; while true; do sleep 1000; done");
    const began = await console.expect(/began:(\d+)/);
    await bench.step(
      'a day passes',
      () => console.expect('not finished after 86400 seconds: forced restart', { timeoutMs: 900_000 }),
      { category: 'wait', machine: 'alpha' },
    );
    await bench.step('the medium leads to a prompt again', prompt, { category: 'boot', machine: 'alpha' });
    const { output } = await console.run('date +%s');
    const hours = (Number(output) - Number(began.groups[0])) / 3600;
    bench.measure('from the first prompt to the second', hours, 'h');
    bench.check('it has lasted a day', hours > 23.9 && hours < 24.2, true);
  },
);
