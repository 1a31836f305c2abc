import t from 'tap';
import { benchMachine, benchReadyText } from './fixtures/bench-machine.ts';

t.setTimeout(600_000);

t.test('a guest hangs on all its processors, its watchdog goes on, and a restart heals it', async (t) => {
  const { machine, remove } = await benchMachine({ cpus: 2, watchdog: 'ib700' });
  t.teardown(remove);
  await using _machine = machine;
  const running = await machine.powerOn();
  await running.console.expect(benchReadyText);
  t.match(await running.breakGuest('hang'), /written at 0x[0-9a-f]+ and 0x[0-9a-f]+, and interrupts/);
  for (const processor of [0, 1]) {
    const registers = await running.qmp.monitor(`info registers -a`);
    const [, flags] = [...registers.matchAll(/RFL=([0-9a-f]+)/g)][processor]!;
    t.equal(Number.parseInt(flags!, 16) & 0x200, 0, `processor ${processor} hears no interrupts`);
  }
  t.match(await running.qmp.execute('query-status'), { status: 'running' });
  // A write to port 0x443, as the boot loader does it, sets the watchdog going: 2 seconds.
  await running.qmp.monitor('o /b 0x443 14');
  await running.console.expect(benchReadyText);
  t.match((await running.console.run('echo well')).output, 'well');
});
