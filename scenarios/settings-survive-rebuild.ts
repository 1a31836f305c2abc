import { createFactory, scenario } from 'assay';

scenario(
  'settings-survive-rebuild',
  {
    summary: 'what the customer configured and stored is still there after a rebuild (M10)',
    tags: ['recovery'],
  },
  async (bench) => {
    const factory = createFactory(bench);
    const unit = await factory.clonedUnit(await factory.master(), 'alpha');
    await unit.start();
    const settings = { title: 'kitchen', volumes: [{ name: 'photos', quotaGiB: 40 }] };
    await unit.changeSettings(settings);
    await unit.sql("insert into facts values ('visitor', 'was here')");
    await unit.powerOff();
    await unit.damageFileSystem('primary-root');

    await unit.powerOn();
    await unit.recovers();
    bench.check('the settings are as the customer left them', await unit.settings(), settings);
    const rows = await unit.sql("select value from facts where name = 'visitor'");
    bench.check('the data are as the customer left them', rows, [{ value: 'was here' }]);
    await unit.powerOff();
  },
);
