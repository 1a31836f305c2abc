import t from 'tap';
import type { OpenDisk } from '../script/steps/hardware/disk-access.ts';
import { knownStateErrors } from './errors.ts';
import { locatedIn } from './fixtures/located-system.ts';
import { MemoryDisks } from './fixtures/memory-disks.ts';
import { damage, isWhole, recoveryOf, statesIn } from './fixtures/small-recovery.ts';
import { putStates, smallSystem, sourceOf, twoDisks } from './fixtures/small-system.ts';
import { blockBytes } from './manifest.ts';
import { recoverSystem } from './recover-system.ts';
import { readBootStates } from './state-store.ts';

t.test('a repair writes what differs, and nothing else', async (t) => {
  const system = smallSystem();
  const disks = new MemoryDisks(system.contents);
  damage(system, disks, 'system-1', 0);
  damage(system, disks, 'system-1', 4);
  disks.unreadable = [
    {
      device: '/dev/vda',
      fromBytes: system.placeOf('system-1').offsetBytes + 5 * blockBytes,
      toBytes: system.placeOf('system-1').offsetBytes + 5 * blockBytes + 512,
    },
  ];
  const report = await recoverSystem(recoveryOf(system, disks));
  t.match(report.restored, [
    {
      partition: 'system-1',
      method: 'repair',
      version: '1.0.0',
      writtenBlocks: 3,
      writtenBytes: 3 * blockBytes,
    },
    { partition: 'system-2', method: 'repair', writtenBlocks: 0, writtenBytes: 0, bytesPerSecond: 0 },
  ]);
  t.ok(report.restored[0]!.bytesPerSecond > 0);
  t.same(report.bootRecords, []);
  t.same(report.problems, []);
  t.ok(isWhole(system, disks.contents));
  t.same(await statesIn(locatedIn(system, disks), disks), {
    'system-1': 'OK',
    'system-2': 'OK',
    recoveries: 1,
  });
  t.notOk(disks.opened.includes('/dev/vdb'), 'the data disk was not even opened');
});

t.test('a manifest that is missing is put back', async (t) => {
  const system = smallSystem();
  const disks = new MemoryDisks(system.contents);
  const { device, offsetBytes } = system.placeOf('system-2');
  disks.contents
    .get(device)!
    .fill(
      0,
      offsetBytes + system.configuration.areas['system-2']!.manifest.offsetBytes,
      offsetBytes + 2 * blockBytes,
    );
  const { restored } = await recoverSystem(recoveryOf(system, disks, { partitions: ['system-2'] }));
  t.match(restored, [{ method: 'repair', writtenBlocks: 0 }]);
  t.ok(isWhole(system, disks.contents));
});

t.test('blank disks become whole ones, and the data disk is left alone', async (t) => {
  for (const method of ['repair', 'rewrite'] as const) {
    const system = smallSystem(twoDisks);
    const disks = new MemoryDisks(system.contents);
    // Disks from another machine, with a loader in their first sectors.
    for (const device of ['/dev/vda', '/dev/vdb']) disks.contents.get(device)!.fill(0).fill(0xeb, 0, 16_384);
    const partitions = ['system-1', 'system-3', 'system-2'];
    const report = await recoverSystem(recoveryOf(system, disks, { partitions, method }));
    t.same(report.bootRecords, ['first', 'second']);
    t.same(
      report.restored.map(({ partition }) => partition),
      partitions,
    );
    t.ok(isWhole(system, disks.contents), method);
    t.match(await statesIn(locatedIn(system, disks), disks), {
      'system-1': 'OK',
      'system-2': 'OK',
      'system-3': 'OK',
    });
  }
});

t.test('a rewrite writes every block, and reads none before', async (t) => {
  const system = smallSystem();
  const disks = new MemoryDisks(system.contents);
  const lines: string[] = [];
  const log = (text: string) => void lines.push(text);
  const more = { method: 'rewrite', verify: false, partitions: ['system-1'], log } as const;
  const { restored } = await recoverSystem(recoveryOf(system, disks, more));
  t.match(restored, [{ method: 'rewrite', writtenBlocks: 6 }]);
  t.ok(disks.readBytes.get('/dev/vda')! < blockBytes, 'records and states only');
  const { device, offsetBytes } = system.placeOf('system-1');
  const { states } = system.configuration.areas['system-1']!;
  const fromBytes = offsetBytes + states.offsetBytes;
  t.match(lines, ['system-1: 100 % written', 'system-1 is OK: written anew with version 1.0.0']);
  const onStates = disks.orders.filter(
    (order) =>
      order.device === device &&
      order.positionBytes !== 'sync' &&
      order.positionBytes < fromBytes + states.lengthBytes &&
      order.positionBytes + order.bytes.length > fromBytes,
  );
  t.equal(onStates.length, 3, 'the states were changed, one copy at a time, and never written over');
  t.ok(onStates.every((order) => order.positionBytes !== 'sync' && order.bytes.length === 4096));
});

t.test('which partition is active is kept, unless the record is damaged', async (t) => {
  const system = smallSystem();
  const disks = new MemoryDisks(system.contents);
  const record = disks.contents.get('/dev/vda')!;
  record[446] = 0;
  record[462] = 0x80;
  t.same((await recoverSystem(recoveryOf(system, disks))).bootRecords, []);
  t.equal(record[462], 0x80);
  record[3] = 1;
  t.same((await recoverSystem(recoveryOf(system, disks))).bootRecords, ['system']);
  t.equal(record[446], 0x80);
});

t.test('a repair that does not help becomes a rewrite', async (t) => {
  const system = smallSystem();
  const disks = new MemoryDisks(system.contents);
  damage(system, disks, 'system-1', 4);
  const source = sourceOf(system);
  let reads = 0;
  const more = {
    partitions: ['system-1'],
    source: {
      ...source,
      // A medium that reads a block wrongly the first time.
      read: async (hash: string, block: Buffer) => {
        await source.read(hash, block);
        reads += 1;
        if (reads === 1) block[9]! ^= 1;
      },
    },
  };
  const { restored } = await recoverSystem(recoveryOf(system, disks, more));
  t.match(restored, [{ method: 'rewrite', writtenBlocks: 6 }]);
  t.ok(isWhole(system, disks.contents));
});

t.test('one restored partition suffices', async (t) => {
  const system = smallSystem(twoDisks);
  putStates(system, system.contents, [
    ['system-1', 'Dirty'],
    ['system-2', 'Dirty'],
    ['system-3', 'Dirty'],
  ]);
  const partitions = ['system-1', 'system-3', 'system-2'];
  for (const fault of ['missing', 'unwritable', 'deaf'] as const) {
    const disks = new MemoryDisks(system.contents);
    for (const name of partitions) damage(system, disks, name, 4);
    if (fault === 'missing') disks.contents.delete('/dev/vda');
    else disks[fault] = ['/dev/vda'];
    const report = await recoverSystem(recoveryOf(system, disks, { partitions }));
    t.match(report.restored, [{ partition: 'system-2' }], fault);
    t.same(
      report.problems.map(({ partition }) => partition),
      ['system-1', 'system-3'],
    );
    const states = await statesIn(locatedIn(system, disks), disks);
    t.same(states, { 'system-1': 'Dirty', 'system-2': 'OK', 'system-3': 'Dirty', recoveries: 1 });
  }
});

t.test('none restored is a failure, which counts, unless another one can start', async (t) => {
  const system = smallSystem(twoDisks);
  putStates(system, system.contents, [
    ['system-1', 'Dirty'],
    ['system-2', 'Dirty'],
    ['system-3', 'Dirty'],
  ]);
  const noBlocks = {
    ...sourceOf(system),
    read: async () => Promise.reject(new Error('the medium is scratched')),
  };
  const disks = new MemoryDisks(system.contents);
  damage(system, disks, 'system-1', 4);
  const recovery = recoveryOf(system, disks, { partitions: ['system-1'], source: noBlocks });
  await t.rejects(recoverSystem(recovery), {
    code: 'KNOWN_STATE_RECOVERY_FAILED',
    message: /system-1: the medium is scratched/,
  });
  t.match(await statesIn(recovery.located, disks), { 'system-1': 'Dirty', recoveries: 1 });
  putStates(system, disks.contents, [
    ['system-1', 'Dirty'],
    ['system-2', 'OK'],
    ['system-3', 'Dirty'],
  ]);
  t.match(await recoverSystem(recovery), { restored: [], problems: [{ partition: 'system-1' }] });
});

t.test('the reason is one line, and says what was found', async (t) => {
  const system = smallSystem();
  const disks = new MemoryDisks(system.contents);
  damage(system, disks, 'system-1', 4);
  const facts = { tried: 'read a pack', where: '/medium/system.pack', got: 'it ends within the blocks 4' };
  const source = {
    ...sourceOf(system),
    read: async () => Promise.reject(knownStateErrors.KNOWN_STATE_PACK_INVALID(facts)),
  };
  const recovery = recoveryOf(system, disks, { partitions: ['system-1'], source });
  const problem = 'a pack of system images cannot be used: it ends within the blocks 4';
  t.match(await recoverSystem(recovery), { problems: [{ partition: 'system-1', problem }] });
  const { states } = await readBootStates(recovery.located.partitions, disks.open);
  t.equal(states!.partitions['system-1']!.reason, problem);
});

t.test('a manifest that does not read back is no partition that is right', async (t) => {
  const system = smallSystem();
  const disks = new MemoryDisks(system.contents);
  const { offsetBytes } = system.placeOf('system-1');
  const { manifest } = system.configuration.areas['system-1']!;
  const lying = liesAt(disks, offsetBytes + manifest.offsetBytes);
  const recovery = recoveryOf(system, disks, { partitions: ['system-1'], open: lying });
  t.match(await recoverSystem(recovery), {
    problems: [{ problem: 'system partitions could not be restored: its manifest does not read back' }],
  });
});

/** Disks that give other bytes than they hold where a read begins here. */
function liesAt(disks: MemoryDisks, atBytes: number): OpenDisk {
  return async (device, use) => {
    const disk = await disks.open(device, use);
    return {
      async read(buffer, positionBytes) {
        const bytesRead = await disk.read(buffer, positionBytes);
        if (positionBytes === atBytes) buffer[0]! ^= 1;
        return bytesRead;
      },
      write: async (bytes, positionBytes) => await disk.write(bytes, positionBytes),
      sync: async () => await disk.sync(),
      [Symbol.asyncDispose]: async () => await disk[Symbol.asyncDispose](),
    };
  };
}

t.test('a manifest of somebody else is not written', async (t) => {
  const system = smallSystem();
  const other = smallSystem();
  const disks = new MemoryDisks(system.contents);
  const manifests = {
    ...other.manifests,
    'system-1': { ...other.manifests['system-1']!, signature: 'AAAA' },
    'system-2': other.manifests['system-1']!,
  };
  const recovery = recoveryOf(system, disks, { source: { ...sourceOf(system), manifests } });
  await t.rejects(recoverSystem(recovery), { message: /system-1: .*manifest(.|\n)*system-2: .*manifest/ });
  t.ok(isWhole(system, disks.contents));
});
