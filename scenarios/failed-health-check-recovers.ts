import { createFactory, scenario } from 'assay';

scenario(
  'failed-health-check-recovers',
  {
    summary:
      'a primary that starts and cannot serve uses up its attempts, is rebuilt, and is ready again (M10)',
    tags: ['recovery'],
  },
  async (bench) => {
    const factory = createFactory(bench);
    const unit = await factory.clonedUnit(await factory.master(), 'alpha');
    const { systemId } = await unit.start();
    await unit.powerOff();
    await unit.damageFile('primary-root', '/opt/applications/sql-service/main.cjs');

    await unit.powerOn();
    for (const attempt of [1, 2, 3]) {
      await bench.step(`start ${attempt} of the primary fails`, async () => {
        await unit.announces(`MBR primary ${attempt}/3`);
        await unit.announces('FAILED');
      });
    }
    const meanwhile = await unit.emergency();
    bench.check('the emergency system keeps the page up', meanwhile.system, 'emergency');
    const recovered = await unit.recovers();
    bench.check('it is who it was', recovered.systemId, systemId);
    const rows = await unit.sql("select value from facts where name = 'schema'");
    bench.check('the damaged application works', rows, [{ value: '1' }]);
    await unit.powerOff();
  },
);
