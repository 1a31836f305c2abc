import { redundantSet, redundantUnit, scenario } from 'assay';

scenario(
  'update-that-hangs-at-start',
  {
    summary:
      'an update that hangs before it is up is reset by the watchdog, and the unmodified partition runs (B7)',
    tags: ['known-state'],
  },
  async (bench) => {
    const set = await redundantSet(bench);
    const unit = await redundantUnit(bench, set, 'alpha');
    await unit.start();
    await unit.update(
      await set.update({ version: '1.1.0', extraComponents: ['system-that-hangs-at-start'] }),
    );
    await unit.powerOff();
    await unit.powerOn();
    await unit.says(/stopping \d+/);
    bench.fault('the service is stopped before it is up', 'the console says which process', unit.name);
    const up = await unit.comesBack();
    bench.check('the version before runs', [up.system, up.version], ['system-2', '1.0.0']);
    bench.check('it says why', up.passedOver, { 'system-1': 'did not finish booting' });
    const resets = unit.running.qmpEvents.filter(({ event }) => event === 'WATCHDOG').length;
    bench.check('the watchdog has restarted it', resets, 1);
    await unit.powerOff();
  },
);
