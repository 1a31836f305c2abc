import { createFactory, scenario } from 'assay';

scenario(
  'damaged-kernel-recovers',
  {
    summary:
      'with its kernel destroyed, an appliance hangs, is reset by its watchdog, and rebuilds itself (M10)',
    tags: ['recovery'],
    timeoutMs: 30 * 60_000,
  },
  async (bench) => {
    const factory = createFactory(bench);
    const unit = await factory.clonedUnit(await factory.master(), 'alpha');
    const { systemId } = await unit.start();
    await unit.powerOff();
    await unit.damageFile('primary-system', '/vmlinuz');

    await unit.powerOn();
    const recovered = await unit.recovers();
    bench.check('it is who it was', recovered.systemId, systemId);
    const resets = unit.running.qmpEvents.filter(({ event }) => event === 'WATCHDOG').length;
    bench.check('the watchdog ended at least one start that hung', resets > 0, true);
    await unit.powerOff();
  },
);
