import { createFactory, scenario } from 'assay';

scenario(
  'unit-in-the-field',
  {
    summary:
      'a clone is set up by its first boot, keeps what it is given, is switched off, and is the same when it is back',
    tags: ['drillable'],
  },
  async (bench) => {
    const factory = createFactory(bench);
    const unit = await factory.clonedUnit(await factory.master(), 'alpha');
    const { systemId } = await unit.start();
    await bench.step('it is given something to keep', async () => {
      await unit.sql('create table if not exists kept (what text)');
      await unit.sql('insert into kept values (?)', ['what the customer trusts it with']);
    });
    await unit.powerOff();

    const again = await unit.start();
    bench.check('it is who it was', again.systemId, systemId);
    const rows = await unit.sql('select what from kept');
    bench.check('it has kept it', rows, [{ what: 'what the customer trusts it with' }]);
    await unit.powerOff();
  },
);
