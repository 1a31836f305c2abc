import { createFactory, scenario } from 'assay';

scenario(
  'lifecycle-single-disk',
  {
    summary:
      'the life cycle of an appliance with one disk: manufactured, cloned, two clones are two appliances (M9)',
    tags: ['lifecycle'],
    timeoutMs: 40 * 60_000,
  },
  async (bench) => {
    const factory = createFactory(bench, 'headless-single-disk');
    const master = await factory.manufactureMaster('master');

    const alpha = await factory.clonedUnit(master, 'alpha');
    const alphaFirst = await alpha.start();
    await alpha.powerOff();
    const bravo = await factory.clonedUnit(master, 'bravo');
    const bravoFirst = await bravo.start();
    await bravo.powerOff();
    bench.check('alpha and bravo are two systems', alphaFirst.systemId === bravoFirst.systemId, false);

    const alphaAgain = await alpha.start();
    bench.check('alpha stays who it is', alphaAgain.systemId, alphaFirst.systemId);
    bench.check('and does not go through a first boot again', alphaAgain.isFirstBoot, false);
    await alpha.powerOff();
  },
);
