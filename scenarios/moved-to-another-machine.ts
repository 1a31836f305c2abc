import { createFactory, scenario } from 'assay';

scenario(
  'moved-to-another-machine',
  {
    summary:
      'one replaced part keeps the identity; another machine altogether is a conflict until it is resolved (M8a)',
    tags: ['identity'],
  },
  async (bench) => {
    const factory = createFactory(bench);
    const alpha = await factory.clonedUnit(await factory.master(), 'alpha');
    const { systemId } = await alpha.start();
    await alpha.powerOff();

    const withNewNic = await factory.unit('alpha-with-new-nic', alpha.disks, {
      hardwareOf: 'alpha',
      hardware: { mac: '00:1b:21:99:88:77' },
    });
    const afterRepair = await withNewNic.start();
    bench.check('with another network chip it is who it was', afterRepair.systemId, systemId);
    await withNewNic.powerOff();

    const moved = await factory.unit('other-machine', alpha.disks);
    await moved.powerOn();
    await moved.state('identity-conflict');
    const status = await moved.reachable();
    bench.check('in another machine it says that there is a conflict', status.state, 'identity-conflict');
    const sql = await moved.request('/api/sql', { method: 'POST', body: '{"statement":"select 1"}' });
    bench.check('it does not serve', sql.status >= 400, true);
    bench.check('its display shows the conflict', (await moved.display()).state, 'IDENTITY CONFLICT');

    await moved.command('/api/identity', { resolve: 'keep' });
    const resolved = await moved.ready();
    bench.check('an operator has it stay who it was', resolved.systemId, systemId);
    await moved.powerOff();
  },
);
