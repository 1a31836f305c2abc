import { createFactory, scenario } from 'assay';

scenario(
  'damaged-backup-is-refused',
  {
    summary:
      'with primary and backup both damaged, nothing is written over the primary, and the page says why (M10)',
    tags: ['recovery'],
  },
  async (bench) => {
    const factory = createFactory(bench);
    const unit = await factory.clonedUnit(await factory.master(), 'alpha');
    await unit.start();
    await unit.powerOff();
    await unit.damageFileSystem('primary-root');
    await unit.damageFile('backup', '/primary-root.image', { atMostBytes: 4096 });
    const digests = async () => {
      await using disk = await factory.inspect(unit.disks.systemPath);
      const partitions = ['primary-system', 'primary-root'].map((role) => disk.partition(role));
      return await Promise.all(partitions.map(async (partition) => await (await partition).sha256()));
    };
    const before = await digests();

    await unit.powerOn();
    await unit.emergency();
    await unit.announces('REBUILD-FAILED');
    await unit.state('emergency');
    const status = await unit.status();
    bench.check('the page says that the rebuild failed', status.detail, 'rebuild failed');
    bench.check('and why', String(status.events).includes('primary-root.image'), true);
    const rows = await unit.sql("select value from facts where name = 'schema'");
    bench.check('the emergency system serves all the same', rows, [{ value: '1' }]);
    await unit.powerOff();
    bench.check('not one byte of the primary has changed', await digests(), before);
  },
);
