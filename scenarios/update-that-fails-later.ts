import { redundantSet, redundantUnit, scenario } from 'assay';

scenario(
  'update-that-fails-later',
  {
    summary:
      'an update that is well at first and fails later marks itself Dirty before the reset; partition 2 runs (B7)',
    tags: ['known-state'],
  },
  async (bench) => {
    const set = await redundantSet(bench);
    const unit = await redundantUnit(bench, set, 'alpha');
    await unit.start();
    await unit.update(
      await set.update({ version: '1.1.0', extraComponents: ['application-that-fails-later'] }),
    );
    await unit.powerOff();

    const updated = await unit.start();
    bench.check('the update runs', [updated.system, updated.version], ['system-1', '1.1.0']);
    const up = await unit.comesBack();
    bench.check('then the version before', [up.system, up.version], ['system-2', '1.0.0']);
    bench.check('it says why', /application/.test(up.passedOver['system-1'] ?? ''), true);
    await unit.powerOff();
  },
);
