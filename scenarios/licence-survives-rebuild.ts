import { createFactory, scenario } from 'assay';

scenario(
  'licence-survives-rebuild',
  {
    summary: 'the licence key in its raw sectors and on the display is the same after a rebuild (M3)',
    tags: ['recovery', 'licence'],
  },
  async (bench) => {
    const factory = createFactory(bench);
    const unit = await factory.clonedUnit(await factory.master(), 'alpha');
    const licence = async () => {
      await using disk = await factory.inspect(unit.disks.systemPath);
      return (await disk.records()).licence;
    };
    const before = await licence();
    bench.check('the licence is in its record', before?.state, 'valid');
    const first = await unit.start();
    bench.check(
      'the display shows its level',
      (await unit.display()).licenceLevel,
      first.licenceLevel.toUpperCase(),
    );
    await unit.powerOff();
    await unit.damageFileSystem('primary-root');

    await unit.powerOn();
    const recovered = await unit.recovers();
    bench.check('the level is the same', recovered.licenceLevel, first.licenceLevel);
    const { identityNumber, licenceLevel } = await unit.display();
    bench.check(
      'the display shows the same',
      { identityNumber, licenceLevel },
      {
        identityNumber: first.identityNumber,
        licenceLevel: first.licenceLevel.toUpperCase(),
      },
    );
    await unit.powerOff();
    bench.check('the record is the same', await licence(), before);
  },
);
