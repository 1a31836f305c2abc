import { redundantSet, redundantUnit, scenario } from 'assay';

scenario(
  'hang-after-a-good-boot',
  {
    summary:
      'a system that hangs after a good boot is restarted by the watchdog, and tried again: it was left Clean (B3, B7)',
    tags: ['known-state'],
  },
  async (bench) => {
    const set = await redundantSet(bench, { extraComponents: ['system-that-hangs-after-start'] });
    const unit = await redundantUnit(bench, set, 'alpha');
    const first = await unit.start();
    bench.check('partition 1 runs', first.system, 'system-1');
    await unit.says(/stopping \d+/);
    bench.fault('the service is stopped', 'the console says which process', unit.name);
    const again = await unit.comesBack();
    bench.check('partition 1 runs again', [again.system, again.passedOver], ['system-1', {}]);
    const resets = unit.running.qmpEvents.filter(({ event }) => event === 'WATCHDOG').length;
    bench.check('the watchdog has restarted it', resets, 1);
    await unit.cutPower();
    bench.check('Clean', (await unit.states())['system-1'], 'Clean');
  },
);
