import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { fakeRunning } from './fixtures/running-machine.ts';
import { passedOverPartitions } from './passed-over.ts';
import { openRunningSystem } from './running-system.ts';

t.test('the kernel says which partition was started', async (t) => {
  const { system } = fakeRunning(t.testdir({}));
  const { places, configuration } = system;
  mkdirSync(join(places.sysFolder, 'block'), { recursive: true });
  writeFileSync(places.configurationPath, JSON.stringify(configuration));
  writeFileSync(places.commandLinePath, 'console=ttyS0 assay.partition=system-2 assay.root=2\n');
  const opened = await openRunningSystem(places);
  t.match(opened, { name: 'system-2', version: 'unknown' }, 'disks that are missing are no reason to stop');
  t.match(opened.located.problems, [{ partition: 'system-1' }, { partition: 'system-2' }]);
  for (const words of ['console=ttyS0', 'assay.partition=system-7', 'xassay.partition=system-1']) {
    writeFileSync(places.commandLinePath, `${words}\n`);
    await t.rejects(openRunningSystem(places), { code: 'KNOWN_STATE_NOT_FROM_A_PARTITION' }, words);
  }
});

t.test('what was passed over, and why', async (t) => {
  const time = '2026-11-21T08:00:00.000Z';
  const partitions = {
    one: { state: 'Dirty', reason: '3 blocks differ', time },
    two: { state: 'Dirty', reason: '', time },
  } as const;
  const states = { partitions, recoveries: 0 };
  const order = ['one', 'two', 'three', 'four'];
  t.same(passedOverPartitions(order, 'one', states), {});
  t.same(passedOverPartitions(order, 'three', states), { one: '3 blocks differ', two: 'Dirty' });
  t.same(
    passedOverPartitions(['one'], 'three', states),
    { one: '3 blocks differ' },
    'not among the preferred ones',
  );
  t.same(passedOverPartitions(order, 'two', null), { one: 'its state is unknown' });
});
