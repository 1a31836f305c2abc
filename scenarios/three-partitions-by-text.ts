import { redundantSet, redundantUnit, scenario } from 'assay';

scenario(
  'three-partitions-by-text',
  {
    summary:
      'three system partitions, by another layout and logic file alone: with two of them damaged the third one runs (B1)',
    tags: ['known-state'],
  },
  async (bench) => {
    const set = await redundantSet(bench, {
      layout: 'redundant-three',
      logic: { candidates: ['system-1', 'system-2', 'system-3'], check: 'full' },
    });
    const unit = await redundantUnit(bench, set, 'alpha');
    const first = await unit.start();
    bench.check('partition 1 runs', first.system, 'system-1');
    await unit.powerOff();
    await unit.damagePartition('system-1');
    await unit.damagePartition('system-2', '/vmlinuz');
    const up = await unit.start();
    bench.check(
      'partition 3 runs',
      [up.system, Object.keys(up.passedOver)],
      ['system-3', ['system-1', 'system-2']],
    );
    await unit.powerOff();
  },
);
