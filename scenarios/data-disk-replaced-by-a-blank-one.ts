import { stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFactory, scenario } from 'assay';

scenario(
  'data-disk-replaced-by-a-blank-one',
  {
    summary:
      'a new data disk is taken into use, and the appliance stays who it was with its own data (M8, M8a)',
    tags: ['identity', 'data-disk'],
  },
  async (bench) => {
    const factory = createFactory(bench);
    const unit = await factory.clonedUnit(await factory.master(), 'alpha');
    const { systemId } = await unit.start();
    await unit.sql("insert into facts values ('visitor', 'was here')");
    await unit.powerOff();

    const dataPath = join(bench.workFolder, 'new-data-disk.raw');
    await writeFile(dataPath, '');
    await truncate(dataPath, (await stat(unit.disks.dataPath!)).size);
    const repaired = await factory.unit(
      'alpha-with-new-disk',
      { ...unit.disks, dataPath },
      { hardwareOf: 'alpha' },
    );
    const report = await repaired.start();
    bench.check('it is who it was', report.systemId, systemId);
    bench.check('and it was no first boot', report.isFirstBoot, false);
    const rows = await repaired.sql("select value from facts where name = 'visitor'");
    bench.check('the data on the system disk are as they were', rows, [{ value: 'was here' }]);
    await repaired.command('/api/backups', { name: 'one' });
    await repaired.powerOff();

    await using disk = await factory.inspect(dataPath, 'data');
    const { signature } = await disk.records();
    bench.check('the new disk is signed', signature?.state, 'valid');
    const backups = await (await disk.partition('data2')).list('/backups');
    bench.check(
      'and holds the back-up',
      backups.map(({ name }) => name),
      ['one'],
    );
  },
);
