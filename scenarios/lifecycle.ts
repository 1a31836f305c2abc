import { createFactory, scenario } from 'assay';

scenario(
  'lifecycle',
  {
    summary:
      'a master is manufactured and cloned, two clones become two appliances, one is damaged and recovers by itself',
    tags: ['lifecycle'],
    timeoutMs: 40 * 60_000,
    needs: { machines: 2, memoryMiB: 1536 },
  },
  async (bench) => {
    const factory = createFactory(bench);
    const master = await factory.manufactureMaster('master');

    const alpha = await factory.clonedUnit(master, 'alpha');
    const bravo = await factory.clonedUnit(master, 'bravo');
    const alphaFirst = await alpha.start();
    const bravoFirst = await bravo.start();
    bench.check('alpha and bravo are two systems', alphaFirst.systemId === bravoFirst.systemId, false);
    bench.check(
      'for both it was their first boot',
      [alphaFirst.isFirstBoot, bravoFirst.isFirstBoot],
      [true, true],
    );
    await bravo.powerOff();

    await alpha.changeSettings({ title: 'kitchen' });
    await alpha.sql("insert into facts values ('visitor', 'was here')");
    await alpha.cutPower();
    await alpha.damageFileSystem('primary-root');

    await alpha.powerOn();
    const meanwhile = await alpha.emergency();
    bench.check('the emergency system keeps the page up', meanwhile.system, 'emergency');
    const recovered = await alpha.recovers();
    bench.check('alpha is who it was', recovered.systemId, alphaFirst.systemId);
    bench.check('its licence is the same', recovered.licenceLevel, alphaFirst.licenceLevel);
    bench.check('its settings are the same', await alpha.settings(), { title: 'kitchen' });
    const rows = await alpha.sql("select value from facts where name = 'visitor'");
    bench.check('its data are the same', rows, [{ value: 'was here' }]);
    await alpha.powerOff();
  },
);
