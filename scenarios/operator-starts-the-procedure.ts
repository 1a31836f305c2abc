import { redundantSet, redundantUnit, scenario } from 'assay';

scenario(
  'operator-starts-the-procedure',
  {
    summary:
      'a command marks the running partition as failed and resets; the other one runs and keeps the reason (B7)',
    tags: ['known-state'],
  },
  async (bench) => {
    const unit = await redundantUnit(bench, await redundantSet(bench), 'alpha');
    await unit.start();
    await unit.running.console.sendLine('known-state fail "the fan is loud"');
    const up = await unit.comesBack();
    bench.check('partition 2 runs', up.system, 'system-2');
    bench.check('the reason is kept', /the fan is loud/.test(up.passedOver['system-1'] ?? ''), true);
    await unit.powerOff();
    const { 'system-1': states } = await unit.statesHeld();
    bench.check(
      'also on the disk',
      /the fan is loud/.test(states?.partitions['system-1']?.reason ?? ''),
      true,
    );
  },
);
