import t, { type Test } from 'tap';
import type { OpenDisk } from '../script/steps/hardware/disk-access.ts';
import { findDecision } from './find-decision.ts';
import { locatedIn } from './fixtures/located-system.ts';
import { cutStates, MemoryDisks } from './fixtures/memory-disks.ts';
import { damage, holdsImage, isWhole, recoveryOf, searchOf, statesIn } from './fixtures/small-recovery.ts';
import { putStates, type SmallSystem, smallSystem } from './fixtures/small-system.ts';
import { recoverSystem } from './recover-system.ts';

t.test('whatever ends a recovery, the next one mends it', async (t) => {
  await cutEverywhere(t, 'repair', (system, disks) => {
    damage(system, disks, 'system-1', 0);
    damage(system, disks, 'system-1', 4);
    disks.contents.get('/dev/vda')!.fill(0, 0, 512);
  });
  await cutEverywhere(t, 'rewrite', (system, disks) => {
    putStates(
      system,
      disks.contents,
      [
        ['system-1', 'Dirty'],
        ['system-2', 'Dirty'],
      ],
      1,
    );
    damage(system, disks, 'system-2', 3);
  });
});

t.test('where Dirty cannot be written, a partition with half of each version is never started', async (t) => {
  const system = smallSystem();
  const newer = smallSystem(undefined, '2.0.0');
  const disks = new MemoryDisks(newer.contents);
  const noStates: OpenDisk = async (device, use) => {
    const disk = await disks.open(device, use);
    const write = async (bytes: Buffer, positionBytes: number) => {
      if (bytes.length === 4096 && bytes.toString('latin1').startsWith('ASSAY-BOOT-STATES'))
        throw new Error('EIO');
      await disk.write(bytes, positionBytes);
    };
    return { ...disk, write };
  };
  const recovery = recoveryOf(system, disks, { partitions: ['system-1'], open: noStates });
  await recoverSystem(recovery);
  let damaged = 0;
  for (const { words, contents } of cutStates(newer.contents, disks.orders)) {
    const after = new MemoryDisks(contents);
    // A quick check, which looks at none of the blocks in which the versions differ.
    const { decision } = await findDecision({ ...searchOf(system, after), parts: 999 });
    if (decision.action !== 'boot') t.fail(`${words}: ${decision.action}`);
    else if (decision.partition === 'system-2') damaged += 1;
    else if (![system, newer].some((whole) => holdsImage(whole, 'system-1', after)))
      t.fail(`${words}: a mixture`);
  }
  t.ok(damaged > 20, `${damaged} states are known as damaged`);
});

/** Ends a recovery at every write, decides anew as the medium does, and recovers again where that is the decision. */
async function cutEverywhere(
  t: Test,
  method: 'repair' | 'rewrite',
  breakIt: (system: SmallSystem, disks: MemoryDisks) => void,
): Promise<void> {
  const system = smallSystem();
  const broken = new MemoryDisks(system.contents);
  breakIt(system, broken);
  const disks = new MemoryDisks(broken.contents);
  await recoverSystem(recoveryOf(system, disks, { method }));
  t.ok(isWhole(system, disks.contents));
  let count = 0;
  let again = 0;
  for (const { words, contents } of cutStates(broken.contents, disks.orders)) {
    count += 1;
    const after = new MemoryDisks(contents);
    const { decision } = await findDecision(searchOf(system, after));
    if (decision.action === 'give-up') t.fail(`${words}: given up`);
    if (decision.action === 'boot') {
      // What starts must be whole; the other one may be waiting for its turn.
      if (!holdsImage(system, decision.partition, after)) t.fail(`${words}: starts ${decision.partition}`);
      continue;
    }
    if (decision.action !== 'recover') continue;
    again += 1;
    const { partitions } = decision;
    await recoverSystem(recoveryOf(system, after, { partitions, method: decision.method }));
    const states = await statesIn(locatedIn(system, after), after);
    const isDone = partitions.every((name) => states[name] === 'OK');
    if (!isDone) t.fail(`${words}: ${JSON.stringify(states)}`);
    if (partitions.length === 2 && !isWhole(system, after.contents)) t.fail(`${words}: not whole`);
  }
  t.ok(again > 20, `${again} of ${count} states needed another recovery`);
}
