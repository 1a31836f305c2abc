import { redundantSet, redundantUnit, scenario } from 'assay';

/** What content is hashed and repaired by (docs/logic-file.md). */
const blockBytes = 256 * 1024;

scenario(
  'both-partitions-are-recovered',
  {
    summary:
      'with both partitions damaged, the medium repairs what is broken, and nothing else is written (B5, B8)',
    tags: ['known-state'],
  },
  async (bench) => {
    const unit = await redundantUnit(bench, await redundantSet(bench), 'alpha');
    const data = await unit.diskDigest('data');
    await unit.damagePartition('system-1', '/initramfs');
    await unit.damagePartition('system-2', '/vmlinuz');

    await unit.powerOn();
    const decision = await unit.decision();
    bench.check(
      'neither can start',
      [decision.action, decision.partitions],
      ['recover', ['system-1', 'system-2']],
    );
    const startMs = performance.now();
    const [facts] = await unit.says(/ASSAY STEP succeeded recovery (\{.*\})\n/);
    bench.measure('recovery', (performance.now() - startMs) / 1000, 's');
    bench.check('a block of each was written', JSON.parse(facts!).writtenBytes, 2 * blockBytes);
    await unit.cutPower();
    bench.check('the data disk is as it was, byte for byte', await unit.diskDigest('data'), data);
    bench.check('all states are OK', await unit.states(), { 'system-1': 'OK', 'system-2': 'OK' });

    const up = await unit.start();
    bench.check('partition 1 runs', [up.system, up.passedOver], ['system-1', {}]);
    await unit.powerOff();
  },
);
