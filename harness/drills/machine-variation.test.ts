import t from 'tap';
import type { MachineSpec } from '../../vm/index.ts';
import type { Bench } from '../bench.ts';
import { Drill } from './drill.ts';
import { drilledScenario } from './drilled-scenario.ts';
import { parsePlannedFault } from './fault-plan.ts';
import { canBeOn, MachineVariation } from './machine-variation.ts';

const disk = { name: 'system', path: '/nowhere/system.raw' };

t.test('disks are on the controller where the scenario leaves it open', async (t) => {
  const variation = new MachineVariation({ controller: 'ahci' });
  const specs: MachineSpec[] = [];
  const real = { variation, machine: async (spec: MachineSpec) => specs.push(spec) } as unknown as Bench;
  const drill = new Drill(real, []);
  t.throws(() => drill.assertHappened(), { code: 'DRILLS_NOT_APPLICABLE', message: /controller ahci/ });
  await drill.bench.machine({ name: 'alpha', disks: [{ ...disk, controller: 'usb' }] });
  t.throws(() => drill.assertHappened(), { message: /no disk whose controller/ }, 'it was left open nowhere');
  await drill.bench.machine({
    name: 'beta',
    disks: [disk, { ...disk, name: 'decoy', controller: 'virtio' }],
  });
  t.doesNotThrow(() => drill.assertHappened());
  t.match(specs, [
    { disks: [{ controller: 'usb' }] },
    { disks: [{ controller: 'ahci' }, { name: 'decoy', controller: 'virtio' }] },
  ]);
});

t.test('the layout is for factories whose scenario names none', async (t) => {
  const variation = new MachineVariation({ layout: 'headless-single-disk' });
  t.throws(() => variation.assertTaken(), { code: 'DRILLS_NOT_APPLICABLE', message: /no factory/ });
  t.throws(() => variation.layoutFor('headless'), { message: /names headless itself/ });
  t.equal(variation.layoutFor(undefined), 'headless-single-disk');
  t.equal(variation.layoutFor('headless-single-disk'), 'headless-single-disk');
  t.doesNotThrow(() => variation.assertTaken());
  t.equal(new MachineVariation({}).layoutFor('headless'), 'headless');
});

t.test('what a disk on NVMe cannot lose is refused', async (t) => {
  const cut = parsePlannedFault('power-cut at time:3s');
  t.notOk(canBeOn('nvme', cut));
  t.ok(canBeOn('ahci', cut));
  t.ok(canBeOn(undefined, cut));
  t.ok(canBeOn('nvme', parsePlannedFault('power-cut lose=nothing at time:3s')));
  const scenario = {
    ...{ name: 'field', summary: 's', tags: [], timeoutMs: 1000, body: () => undefined },
    needs: { machines: 1, memoryMiB: 1, cpus: 1 },
  };
  t.throws(() => drilledScenario(scenario, [cut], { controller: 'nvme' }), { code: 'DRILLS_NOT_APPLICABLE' });
  const drilled = drilledScenario(scenario, [cut], { layout: './My own.yaml' });
  t.match(drilled.name, /^field--power-cut-my-own-[0-9a-f]{8}$/);
  t.match(drilled.drill, { layout: 'My own' });
  t.not(drilledScenario(scenario, [cut]).name, drilled.name);
});
