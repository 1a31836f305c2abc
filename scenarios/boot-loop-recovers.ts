import { createFactory, scenario } from 'assay';

scenario(
  'boot-loop-recovers',
  {
    summary: 'with its init destroyed, an appliance panics start after start, and rebuilds itself (M10)',
    tags: ['recovery'],
  },
  async (bench) => {
    const factory = createFactory(bench);
    const unit = await factory.clonedUnit(await factory.master(), 'alpha');
    const { systemId } = await unit.start();
    await unit.powerOff();
    // init is a link to it, as are the shell and all the small tools.
    await unit.damageFile('primary-root', '/usr/bin/busybox', { atMostBytes: 4096 });

    await unit.powerOn();
    const meanwhile = await unit.emergency();
    bench.check('the emergency system keeps the page up', meanwhile.system, 'emergency');
    const recovered = await unit.recovers();
    bench.check('it is who it was', recovered.systemId, systemId);
    await unit.powerOff();
  },
);
