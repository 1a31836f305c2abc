import { redundantSet, redundantUnit, scenario } from 'assay';

scenario(
  'boots-to-a-known-state',
  {
    summary:
      'the medium starts partition 1, and the boot states tell how each start ended: Dirty, Clean, OK (B1, B3)',
    tags: ['known-state'],
  },
  async (bench) => {
    const unit = await redundantUnit(bench, await redundantSet(bench), 'alpha');
    bench.check('as it was made', await unit.states(), { 'system-1': 'OK', 'system-2': 'OK' });

    const first = await unit.start();
    bench.check(
      'partition 1 runs, and none was passed over',
      [first.system, first.passedOver],
      ['system-1', {}],
    );
    await unit.cutPower();
    bench.check('up, and not shut down', await unit.states(), { 'system-1': 'Clean', 'system-2': 'OK' });

    const second = await unit.start();
    bench.check('a Clean partition is tried again', second.system, 'system-1');
    await unit.powerOff();
    bench.check('shut down in order', await unit.states(), { 'system-1': 'OK', 'system-2': 'OK' });

    await unit.powerOn();
    await unit.says('ASSAY MEDIUM chain');
    await unit.cutPower();
    bench.check('not up yet', await unit.states(), { 'system-1': 'Dirty', 'system-2': 'OK' });
    const held = Object.values(await unit.statesHeld()).map(({ partitions }) => partitions);
    bench.check('both partitions hold the same states', held[0], held[1]);
  },
);
