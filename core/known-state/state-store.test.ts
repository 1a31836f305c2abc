import t, { type Test } from 'tap';
import type { BootState } from './boot-state.ts';
import { cutStates, MemoryDisks } from './fixtures/memory-disks.ts';
import { putStates, type SmallSystem, smallSystem, stateArea, twoDisks } from './fixtures/small-system.ts';
import { markPartition } from './mark-partition.ts';
import { changeBootStates, readBootStates, type SystemPartitionAccess } from './state-store.ts';

function accessOf({ configuration, placeOf }: SmallSystem): SystemPartitionAccess[] {
  return Object.entries(configuration.areas).map(([name, { states }]) => ({
    name,
    states,
    ...placeOf(name),
  }));
}

/** Where the copies of the states of a partition lie. */
function copyAt(system: SmallSystem, partition: string, copy: 0 | 1) {
  const { device, offsetBytes } = system.placeOf(partition);
  const fromBytes = offsetBytes + system.configuration.areas[partition]!.states.offsetBytes + copy * 4096;
  return { device, fromBytes, toBytes: fromBytes + 4096 };
}

const goodness = { OK: 0, Clean: 1, Dirty: 2 };

async function statesIn(system: SmallSystem, disks: MemoryDisks): Promise<Record<string, BootState> | null> {
  const { states } = await readBootStates(accessOf(system), disks.open);
  if (states === null) return null;
  return Object.fromEntries(Object.entries(states.partitions).map(([name, { state }]) => [name, state]));
}

t.test('what is written is on every partition, and nothing else of them has changed', async (t) => {
  const system = smallSystem(twoDisks);
  const disks = new MemoryDisks(system.contents);
  const change = await changeBootStates(
    accessOf(system),
    (states) => markPartition(states, 'system-2', 'Dirty', 'a test'),
    disks.open,
  );
  t.same(change.written, ['system-1', 'system-3', 'system-2']);
  t.same(change.problems, []);
  for (const access of accessOf(system)) {
    const { states, sequence } = await readBootStates([access], disks.open);
    t.match(states, {
      partitions: { 'system-1': { state: 'OK' }, 'system-2': { state: 'Dirty', reason: 'a test' } },
    });
    t.equal(sequence, 3);
  }
  const older = accessOf(system).map(({ name }) => copyAt(system, name, 0));
  for (const [device, content] of disks.contents) {
    const before = Buffer.from(system.contents.get(device)!);
    for (const { fromBytes, toBytes } of older.filter((copy) => copy.device === device)) {
      content.copy(before, fromBytes, fromBytes, toBytes);
    }
    t.ok(before.equals(content), `${device}: only the older copies were written`);
  }
});

t.test('where partitions disagree, the worse state counts, with its reason', async (t) => {
  const system = smallSystem(twoDisks);
  const disks = new MemoryDisks(system.contents);
  const put = (partition: string, states: [string, BootState][], recoveries: number, sequence: number) => {
    const { device, fromBytes } = copyAt(system, partition, 0);
    stateArea(states, recoveries, sequence).copy(disks.contents.get(device)!, fromBytes);
  };
  put(
    'system-1',
    [
      ['system-1', 'Clean'],
      ['system-2', 'Dirty'],
      ['system-3', 'OK'],
    ],
    1,
    6,
  );
  put(
    'system-2',
    [
      ['system-1', 'Dirty'],
      ['system-2', 'OK'],
      ['system-3', 'Clean'],
    ],
    0,
    5,
  );
  put(
    'system-3',
    [
      ['system-1', 'OK'],
      ['system-2', 'Clean'],
      ['system-3', 'OK'],
    ],
    0,
    5,
  );
  const reading = await readBootStates(accessOf(system), disks.open);
  t.same(await statesIn(system, disks), { 'system-1': 'Dirty', 'system-2': 'Dirty', 'system-3': 'Clean' });
  t.equal(reading.states!.recoveries, 1);
  t.equal(reading.sequence, 6);
});

t.test('a dead partition loses nothing of what the others know', async (t) => {
  const system = smallSystem(twoDisks);
  putStates(system, system.contents, [
    ['system-1', 'Dirty'],
    ['system-2', 'Clean'],
    ['system-3', 'OK'],
  ]);
  const disks = new MemoryDisks(system.contents);
  disks.contents.delete('/dev/vda');
  const reading = await readBootStates(accessOf(system), disks.open);
  t.match(reading.states, { partitions: { 'system-1': { state: 'Dirty' }, 'system-2': { state: 'Clean' } } });
  t.match(reading.problems, [{ partition: 'system-1', problem: /ENXIO/ }, { partition: 'system-3' }]);
  const { written, problems } = await changeBootStates(
    accessOf(system),
    (states) => markPartition(states, 'system-2', 'OK'),
    disks.open,
  );
  t.same(written, ['system-2']);
  t.match(problems, [{ partition: 'system-1', problem: /ENXIO/ }, { partition: 'system-3' }]);
});

t.test('a partition that cannot be written any more does not keep the others Dirty for ever', async (t) => {
  const system = smallSystem(twoDisks);
  const disks = new MemoryDisks(system.contents);
  const change = (state: BootState) =>
    changeBootStates(accessOf(system), (states) => markPartition(states, 'system-2', state), disks.open);
  await change('Dirty');
  disks.unwritable = ['/dev/vda'];
  await change('Clean');
  t.match(await statesIn(system, disks), { 'system-2': 'Dirty' }, 'that could be a power cut');
  await change('OK');
  t.match(await statesIn(system, disks), { 'system-2': 'OK' });
  const { problems } = await readBootStates(accessOf(system), disks.open);
  t.match(problems, [
    { partition: 'system-1', problem: 'its states are out of date: change 3, the newest is 5' },
    { partition: 'system-3' },
  ]);
});

t.test('one copy that cannot be read or written does not matter', async (t) => {
  for (const copy of [0, 1] as const) {
    const system = smallSystem();
    const disks = new MemoryDisks(system.contents);
    disks.unreadable = [copyAt(system, 'system-1', copy)];
    t.same(await statesIn(system, disks), { 'system-1': 'OK', 'system-2': 'OK' });
    await changeBootStates(
      accessOf(system),
      (states) => markPartition(states, 'system-1', 'Dirty'),
      disks.open,
    );
    t.same(await statesIn(system, disks), { 'system-1': 'Dirty', 'system-2': 'OK' });
    t.same(disks.unreadable, [], 'it was the first to be written');
  }
});

t.test('without a valid copy everything is Dirty', async (t) => {
  const system = smallSystem();
  const disks = new MemoryDisks(system.contents);
  for (const name of ['system-1', 'system-2']) {
    const { device, fromBytes } = copyAt(system, name, 0);
    disks.contents.get(device)!.fill(0, fromBytes, fromBytes + 8192);
  }
  const reading = await readBootStates(accessOf(system), disks.open);
  t.match(reading, { states: null, sequence: 0 });
  t.equal(reading.problems.length, 2);
  await changeBootStates(accessOf(system), (states) => markPartition(states, 'system-2', 'OK'), disks.open);
  t.same(await statesIn(system, disks), { 'system-1': 'Dirty', 'system-2': 'OK' });
});

t.test('when none can be written, it fails and says why', async (t) => {
  const system = smallSystem(twoDisks);
  const change = (disks: MemoryDisks) => changeBootStates(accessOf(system), (states) => states, disks.open);
  const disks = new MemoryDisks(system.contents);
  disks.unwritable = ['/dev/vda'];
  disks.deaf = ['/dev/vdb'];
  await t.rejects(change(disks), {
    code: 'KNOWN_STATE_STATES_UNWRITABLE',
    message: /system-1: EIO.*system-2: the states do not read back/,
  });
  await t.rejects(
    changeBootStates([], (states) => states, disks.open),
    { code: 'KNOWN_STATE_STATES_UNWRITABLE' },
  );
});

t.test('a power cut at any write leaves the old states, the new ones, or the worse of both', async (t) => {
  const changes: [from: BootState, to: BootState][] = [
    ['OK', 'Dirty'],
    ['Dirty', 'Clean'],
    ['Clean', 'OK'],
  ];
  for (const [from, to] of changes) {
    for (const partitions of [1, 3]) await cutEverywhere(t, from, to, partitions);
  }
});

async function cutEverywhere(t: Test, from: BootState, to: BootState, partitions: number): Promise<void> {
  const system = smallSystem(twoDisks);
  const access = accessOf(system).slice(0, partitions);
  const start = new MemoryDisks(system.contents);
  // Lines of many sectors: a torn copy has the beginning of one and the end of another.
  const reason = 'x'.repeat(200);
  await changeBootStates(access, (states) => markPartition(states, 'system-1', from, reason), start.open);
  const disks = new MemoryDisks(start.contents);
  const all = ['system-1', 'system-2', 'system-3'];
  await changeBootStates(
    access,
    (states) => all.reduce((changed, name) => markPartition(changed, name, to), states),
    disks.open,
  );
  // The states and the order that syncs it, once for each partition.
  const lastWrite = disks.orders.length - 2;
  let count = 0;
  for (const { words, order, contents } of cutStates(start.contents, disks.orders)) {
    count += 1;
    const { states } = await readBootStates(access, new MemoryDisks(contents).open);
    const got = states!.partitions['system-1']!.state;
    if (got !== from && got !== to) t.fail(`${words}: ${got}`);
    const isImprovement = goodness[to] < goodness[from];
    if (isImprovement && order < lastWrite && got !== from) t.fail(`${words}: ${got}, too early`);
    if (order > lastWrite) t.equal(got, to, words);
  }
  t.ok(count > 8 * partitions, `${count} states were looked at`);
}
