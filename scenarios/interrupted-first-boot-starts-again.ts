import { createFactory, scenario } from 'assay';

/** Where a first boot can be cut off, by the stages that it announces. */
const firstBootStages = ['data-disk', 'keys', 'identifiers', 'signature'] as const;

scenario(
  'interrupted-first-boot-starts-again',
  {
    summary: 'a first boot whose power is cut at any of its stages starts again and ends right (M8)',
    tags: ['first-boot', 'power'],
  },
  async (bench) => {
    const factory = createFactory(bench);
    const master = await factory.master();
    const unit = await factory.clonedUnit(master, 'alpha');
    for (const stage of firstBootStages) {
      await bench.step(`the power is cut in stage ${stage}`, async () => {
        await unit.powerOn();
        await unit.announces(`STAGE ${stage}`);
        await unit.cutPower();
      });
      if (stage === 'signature') break;
      await using disk = await factory.inspect(unit.disks.systemPath);
      const { signature } = await disk.records();
      bench.check(`cut in stage ${stage}, it has no signature yet`, signature?.state, 'null');
    }

    const first = await unit.start();
    await unit.cutPower();
    const second = await unit.start();
    bench.check('it is one system', second.systemId, first.systemId);
    bench.check('its first boot is over', second.isFirstBoot, false);
    await unit.powerOff();
    for (const role of ['system', 'data'] as const) {
      await using disk = await factory.inspect(unit.disks[`${role}Path`]!, role);
      const { signature } = await disk.records();
      bench.check(
        `the ${role} disk is signed`,
        (signature?.value as { systemId?: string } | null)?.systemId,
        first.systemId,
      );
    }
  },
);
