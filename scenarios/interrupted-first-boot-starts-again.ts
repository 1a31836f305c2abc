import { createFactory, scenario } from 'assay';

/** Where a first boot can be cut off, by the stages that it announces. */
const firstBootStages = ['data-disk', 'keys', 'identifiers', 'signature'];

scenario(
  'interrupted-first-boot-starts-again',
  {
    summary: 'a first boot whose power is cut at any of its stages starts again and ends right (M8)',
    tags: ['first-boot', 'power'],
  },
  async (bench) => {
    const factory = createFactory(bench);
    const master = await factory.master();
    const unit = await factory.clonedUnit(master, 'alpha');
    const systemIds = new Set<string>();
    for (const stage of firstBootStages) {
      await bench.step(`the power is cut in stage ${stage}`, async () => {
        await unit.powerOn();
        await unit.announces(`STAGE ${stage}`);
        await unit.cutPower();
      });
    }
    const first = await unit.start();
    bench.check(
      'the last start was still a first boot, or the signature had just been written',
      typeof first.isFirstBoot,
      'boolean',
    );
    systemIds.add(first.systemId);
    await unit.cutPower();
    systemIds.add((await unit.start()).systemId);
    bench.check('it is one system', systemIds.size, 1);
    await unit.powerOff();
  },
);
