import { createFactory, scenario } from 'assay';

scenario(
  'replaced-disk-is-adopted',
  {
    summary: 'a new system disk takes over the identity and the data of the data disk beside it (M8)',
    tags: ['first-boot', 'identity'],
  },
  async (bench) => {
    const factory = createFactory(bench);
    const master = await factory.master();
    const alpha = await factory.clonedUnit(master, 'alpha');
    const { systemId } = await alpha.start();
    await alpha.running.console.run('echo precious > /data2/customer-file && sync');
    await alpha.running.console.releaseShell();
    await alpha.powerOff();

    const newDisk = await factory.clone(master, 'new-disk');
    const repaired = await factory.unit(
      'repaired',
      { ...newDisk, dataPath: alpha.disks.dataPath! },
      { hardwareOf: 'alpha' },
    );
    const report = await repaired.start();
    bench.check('the repaired appliance is who it was', report.systemId, systemId);
    const kept = await repaired.running.console.run('cat /data2/customer-file');
    bench.check('the file on its data disk is still there', kept.output, 'precious\n');
    await repaired.running.console.releaseShell();
    await repaired.powerOff();
  },
);
