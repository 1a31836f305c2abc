import { redundantSet, redundantUnit, scenario } from 'assay';

scenario(
  'update-that-does-not-boot',
  {
    summary:
      'a signed update that resets at its start leads back to the unmodified partition 2, which says why (B7)',
    tags: ['known-state'],
  },
  async (bench) => {
    const set = await redundantSet(bench);
    const unit = await redundantUnit(bench, set, 'alpha');
    await unit.start();
    await unit.update(
      await set.update({ version: '1.1.0', extraComponents: ['system-that-resets-at-start'] }),
    );

    await unit.powerOff();
    await unit.powerOn();
    bench.check('the update is what starts', (await unit.decision()).partition, 'system-1');
    bench.check('then the other partition', (await unit.decision()).partition, 'system-2');
    const up = await unit.comesBack();
    bench.check('the version before runs', [up.system, up.version], ['system-2', '1.0.0']);
    bench.check('it says why', up.passedOver, { 'system-1': 'did not finish booting' });
    await unit.powerOff();
    bench.check('for as long as nobody mends it', await unit.states(), {
      'system-1': 'Dirty',
      'system-2': 'OK',
    });
  },
);
