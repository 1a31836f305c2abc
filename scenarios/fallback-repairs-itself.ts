import {
  type Bench,
  inspectDisk,
  type RedundantSet,
  type RedundantUnit,
  redundantSet,
  redundantUnit,
  scenario,
} from 'assay';

/** What content is hashed and repaired by (docs/logic-file.md). */
const blockBytes = 256 * 1024;

scenario(
  'fallback-repairs-itself',
  {
    summary:
      'partition 2 runs, tells, and restores partition 1 by itself; where it is told not to, the logic file does at the next start; data stays (B6, B8)',
    tags: ['known-state'],
  },
  async (bench) => {
    const set = await redundantSet(bench, { logic: { selfRepair: true } });
    const unit = await redundantUnit(bench, set, 'alpha');
    await unit.start();
    await unit.command(
      'mkdir -p /data/assay /data/application && echo selfRepair: true >/data/assay/notify.yaml',
    );
    await unit.command('head -c 4000000 /dev/urandom >/data/application/measurements && sync');
    await unit.powerOff();
    const data = await applicationData(unit);
    bench.check('the application has data', Object.keys(data).length, 2);

    // One block that the start needs, and one that only a check of all blocks is sure to find.
    await unit.damagePartition('system-1', '/initramfs');
    await unit.damagePartition('system-1', '/root.squashfs');
    const fallback = await unit.start();
    bench.check('partition 2 runs', fallback.system, 'system-2');
    bench.check('it says why', /differ/.test(fallback.passedOver['system-1'] ?? ''), true);
    const startMs = performance.now();
    await unit.says(/ASSAY EVENT repaired system-1 restored from system-2\n/);
    bench.measure('self-repair', (performance.now() - startMs) / 1000, 's');
    bench.check('it is told before it is mended', await eventsSinceUp(unit), ['up', 'fallback', 'repaired']);
    const status = JSON.parse(await unit.command('known-state status --json'));
    bench.check('the states while it runs', stateNames(status.states.partitions), {
      ...{ 'system-1': 'OK', 'system-2': 'Clean' },
    });
    bench.check(
      'and what was done',
      status.states.partitions['system-1'].reason,
      'repaired to version 1.0.0, 2 of its blocks',
    );
    await unit.powerOff();
    bench.check('all states are OK', await unit.states(), { 'system-1': 'OK', 'system-2': 'OK' });
    bench.check('partition 1 is as it was built', await differingFiles(bench, set, unit), ['/bstate.txt']);
    bench.check("the application's data is as it was, byte for byte", await applicationData(unit), data);

    const again = await unit.start();
    bench.check('partition 1 runs again', [again.system, again.passedOver], ['system-1', {}]);
    await unit.command('rm /data/assay/notify.yaml && sync');
    await unit.powerOff();
    await unit.damagePartition('system-1', '/vmlinuz');
    const unmended = await unit.start();
    bench.check('partition 2 runs', unmended.system, 'system-2');
    await unit.powerOff();
    bench.check('by default nothing is repaired', await unit.states(), {
      'system-1': 'Dirty',
      'system-2': 'OK',
    });
    const dataDisk = await unit.diskDigest('data');

    await unit.powerOn();
    const [facts] = await unit.says(/ASSAY STEP succeeded self-repair (\{.*\})\n/);
    const { partitions, writtenBytes } = JSON.parse(facts!);
    bench.check('the medium mends it', [partitions, writtenBytes], ['system-1 (repair)', blockBytes]);
    const { action, partition } = await unit.decision();
    bench.check('before one is chosen', [action, partition], ['boot', 'system-1']);
    await unit.cutPower();
    bench.check('the data disk is as it was, byte for byte', await unit.diskDigest('data'), dataDisk);
    bench.check('partition 1 is as it was built', await differingFiles(bench, set, unit), ['/bstate.txt']);
  },
);

/** What the application has written, with owners and modes: all data but Assay's own events and settings. */
async function applicationData(unit: RedundantUnit): Promise<Record<string, unknown>> {
  await using disk = await inspectDisk(unit.diskPath('data'));
  const tree = await (await disk.partition(1)).tree();
  return Object.fromEntries(
    tree
      .filter(({ path }) => path.startsWith('/application'))
      .map(({ path, kind, mode, uid, gid, sha256 }) => [path, { kind, mode, uid, gid, sha256 }]),
  );
}

/** The events of this start, but for those that only say what came before. */
async function eventsSinceUp(unit: RedundantUnit): Promise<string[]> {
  const lines = (await unit.command('cat /data/assay/events.jsonl')).trim().split('\n');
  const events = lines.map((line) => JSON.parse(line).event as string);
  return events.slice(events.lastIndexOf('up'));
}

function stateNames(partitions: Record<string, { state: string }>): Record<string, string> {
  return Object.fromEntries(Object.entries(partitions).map(([name, { state }]) => [name, state]));
}

/** The files of partition 1 that are not as they were built; the witness reads both. */
async function differingFiles(bench: Bench, set: RedundantSet, unit: RedundantUnit): Promise<string[]> {
  const trees: Map<string, string | undefined>[] = [];
  for (const path of [set.diskPaths.system!, unit.diskPath('system')]) {
    await using disk = await inspectDisk(path, { scratchFolder: bench.workFolder });
    const tree = await (await disk.partition(1)).tree();
    trees.push(new Map(tree.map(({ path, sha256 }) => [path, sha256])));
  }
  const [built, now] = trees as [Map<string, string | undefined>, Map<string, string | undefined>];
  return [...new Set([...built.keys(), ...now.keys()])].filter(
    (path) => built.has(path) !== now.has(path) || built.get(path) !== now.get(path),
  );
}
