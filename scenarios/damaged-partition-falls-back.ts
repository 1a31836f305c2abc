import { redundantSet, redundantUnit, scenario } from 'assay';

scenario(
  'damaged-partition-falls-back',
  {
    summary:
      'silent corruption of partition 1 is found before it starts; partition 2 runs, says why, and mends partition 1 (B2 to B6)',
    tags: ['known-state'],
  },
  async (bench) => {
    const unit = await redundantUnit(bench, await redundantSet(bench), 'alpha');
    await unit.damagePartition('system-1', '/initramfs');

    const fallback = await unit.start();
    bench.check('partition 2 runs', fallback.system, 'system-2');
    bench.check('it says why', /block/.test(fallback.passedOver['system-1'] ?? ''), true);
    const log = await unit.command('cat /data/assay/events.jsonl');
    bench.check('so does the event log', /"running":"system-2"/.test(log), true);
    const status = JSON.parse(await unit.command('known-state status --json'));
    bench.check(
      'and the status',
      [status.running, status.states.partitions['system-1'].state],
      ['system-2', 'Dirty'],
    );

    await unit.command('known-state repair system-1', 180_000);
    await unit.powerOff();
    bench.check('repaired, from its copy', await unit.states(), { 'system-1': 'OK', 'system-2': 'OK' });
    const after = await unit.start();
    bench.check('partition 1 runs again', [after.system, after.passedOver], ['system-1', {}]);
    await unit.powerOff();
  },
);
