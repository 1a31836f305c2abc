import { redundantSet, redundantUnit, scenario } from 'assay';

scenario(
  'update-is-applied',
  {
    summary:
      'an update of another key is refused before anything is written; a right one runs on partition 1, and 2 keeps the version before (B7)',
    tags: ['known-state'],
  },
  async (bench) => {
    const set = await redundantSet(bench);
    const unit = await redundantUnit(bench, set, 'alpha');
    await unit.start();
    const disk = 'sha256sum /dev/vda';
    const untouched = await unit.command(disk);
    const foreign = await set.update({ version: '6.6.6', key: 'another' });
    bench.check('another key is refused', /KNOWN_STATE_/.test(await unit.refuse(foreign)), true);
    bench.check('and nothing was written', await unit.command(disk), untouched);
    await unit.update(await set.update({ version: '1.1.0' }));
    await unit.powerOff();
    bench.check('both can start', await unit.states(), { 'system-1': 'OK', 'system-2': 'OK' });

    const updated = await unit.start();
    bench.check('the update runs', [updated.system, updated.version], ['system-1', '1.1.0']);
    await unit.powerOff();
    await unit.damagePartition('system-1', '/vmlinuz');
    const before = await unit.start();
    bench.check('the version before is there', [before.system, before.version], ['system-2', '1.0.0']);
    await unit.powerOff();
  },
);
