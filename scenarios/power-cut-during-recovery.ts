import { redundantSet, redundantUnit, scenario } from 'assay';

scenario(
  'power-cut-during-recovery',
  {
    summary: 'the power fails twice while partitions are written anew; the third run ends right (B5)',
    tags: ['known-state'],
  },
  async (bench) => {
    const unit = await redundantUnit(bench, await redundantSet(bench), 'alpha');
    const data = await unit.diskDigest('data');
    // The whole file: there is much to be written.
    await unit.damagePartition('system-1', '/root.squashfs', Number.POSITIVE_INFINITY);
    await unit.damagePartition('system-2', '/root.squashfs', Number.POSITIVE_INFINITY);

    for (const share of ['10 %', '40 %']) {
      await unit.powerOn();
      await unit.says(`system-1: ${share} written`);
      await unit.cutPower();
      const { 'system-1': state } = await unit.states();
      bench.check(`cut at ${share}, partition 1 is not taken for good`, state, 'Dirty');
    }
    await unit.powerOn();
    await unit.says(/ASSAY STEP succeeded recovery/, 400_000);
    await unit.cutPower();
    bench.check('all states are OK', await unit.states(), { 'system-1': 'OK', 'system-2': 'OK' });
    bench.check('the data disk is as it was, byte for byte', await unit.diskDigest('data'), data);
    const up = await unit.start();
    bench.check('partition 1 runs', [up.system, up.passedOver], ['system-1', {}]);
    await unit.powerOff();
  },
);
