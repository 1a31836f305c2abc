import { createFactory, scenario } from 'assay';

scenario(
  'damaged-root-recovers',
  {
    summary:
      'with its root file system destroyed, an appliance serves from the emergency system and rebuilds itself (M10, M11)',
    tags: ['recovery'],
  },
  async (bench) => {
    const factory = createFactory(bench);
    const unit = await factory.clonedUnit(await factory.master(), 'alpha');
    const { systemId } = await unit.start();
    await unit.powerOff();
    await unit.damageFileSystem('primary-root');

    await unit.powerOn();
    const meanwhile = await unit.emergency();
    bench.check('the page says that the emergency system is up', meanwhile.system, 'emergency');
    const recovered = await unit.recovers();
    bench.check('the primary is back', recovered.system, 'primary');
    bench.check('it is who it was', recovered.systemId, systemId);
    await unit.powerOff();
  },
);
