import { redundantSet, redundantUnit, scenario } from 'assay';

scenario(
  'update-that-never-is-well',
  {
    summary:
      'an update whose application never says that it is well has failed to boot, and says so on the other partition (B7)',
    tags: ['known-state'],
  },
  async (bench) => {
    const set = await redundantSet(bench);
    const unit = await redundantUnit(bench, set, 'alpha');
    await unit.start();
    await unit.update(
      await set.update({ version: '1.1.0', extraComponents: ['application-that-never-is-well'] }),
    );
    await unit.powerOff();
    const up = await unit.start();
    bench.check('the version before runs', [up.system, up.version], ['system-2', '1.0.0']);
    bench.check(
      'the reason is the application',
      /the application is not there yet/.test(up.passedOver['system-1'] ?? ''),
      true,
    );
    await unit.powerOff();
  },
);
