import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { DiskAccess } from '../../script/steps/hardware/disk-access.ts';
import { checkPartition } from '../check-partition.ts';
import { blockBytes, hashBlock, type PartitionManifest } from '../manifest.ts';
import { openPack } from '../pack.ts';
import { type FakeRunning, fakeRunning, manifestOf, packOf } from './fixtures/running-machine.ts';
import { ownBlocks } from './own-blocks.ts';
import { type RepairOptions, repairPartitions } from './repair-partitions.ts';

/** Runs from system-2, whose recovery tools hold what it does not hold itself. */
async function machine(t: Test, states: Parameters<typeof fakeRunning>[2] = {}) {
  const running = fakeRunning(t.testdir({}), 'system-2', { 'system-2': ['Clean', ''], ...states });
  const path = await packOf(join(running.folder, 'recovery.pack'), '1.0', ['system-1']);
  const options: RepairOptions = { openTools: async () => await openPack(path) };
  return { running, options };
}

async function look({ system, partitions }: FakeRunning, index: number) {
  const { signal } = new AbortController();
  const { publicKey } = system.configuration;
  return await checkPartition(partitions[index]!, { publicKey, signal, open: system.openDisk });
}

t.test('what is Dirty and damaged is restored, and OK', async (t) => {
  const { running, options } = await machine(t);
  running.disk.content.fill(
    'rot',
    running.partitions[0]!.offsetBytes + 500_000,
    running.partitions[1]!.offsetBytes,
  );
  const before = Buffer.from(running.disk.content.subarray(running.partitions[1]!.offsetBytes + 65_536));
  await repairPartitions(running.system, options);
  t.match(await look(running, 0), { integrity: 'intact', version: '1.0' });
  const states = await running.states();
  t.match(states, {
    partitions: { 'system-1': { state: 'OK' }, 'system-2': { state: 'Clean' } },
  });
  t.ok(running.disk.content.subarray(running.partitions[1]!.offsetBytes + 65_536).equals(before));
});

t.test('what is OK by its state and damaged is found', async (t) => {
  const { running, options } = await machine(t, { 'system-1': ['OK', ''] });
  running.disk.content.write('rot', running.partitions[0]!.offsetBytes + 500_000);
  const lines: string[] = [];
  await repairPartitions(running.system, { ...options, log: (text) => lines.push(text) });
  t.match(lines.at(0), /^system-1 is damaged: /);
  t.match(lines.at(-1), /^system-1 is OK: repaired/);
  t.match(await look(running, 0), { integrity: 'intact' });
});

t.test('nothing to do', async (t) => {
  const { running, options } = await machine(t, { 'system-1': ['OK', ''] });
  t.equal(await repairPartitions(running.system, options), undefined);
  t.same(running.disk.writes, []);
});

t.test('blocks that only the running partition has', async (t) => {
  const { running } = await machine(t);
  const { system } = running;
  running.disk.content.fill(
    0,
    running.partitions[0]!.offsetBytes + 300_000,
    running.partitions[1]!.offsetBytes,
  );
  // Only what differs between the partitions: their first block.
  const path = await packOf(join(running.folder, 'small.pack'), '1.0', ['system-1']);
  const whole = await openPack(path);
  const first = JSON.parse(whole.manifests['system-1']!.text).blocks[0];
  const openTools = async () => ({
    ...whole,
    has: (hash: string) => hash === first,
    async read(hash: string, block: Buffer) {
      if (hash !== first) throw new Error('only the first block is here');
      await whole.read(hash, block);
    },
  });
  await repairPartitions(system, { openTools });
  t.match(await look(running, 0), { integrity: 'intact', version: '1.0' });
});

t.test('a partition that is damaged itself repairs nothing: its tools have boot records, too', async (t) => {
  const { running, options } = await machine(t);
  for (const { offsetBytes } of running.partitions) running.disk.content.write('rot', offsetBytes + 800_000);
  running.disk.content.fill(7, 0, 512);
  await t.rejects(repairPartitions(running.system, options), {
    code: 'KNOWN_STATE_RECOVERY_FAILED',
    facts: { got: 'system-2 is damaged itself: block 3 differs' },
  });
  t.same(running.disk.writes, []);
});

t.test('an own block that is damaged is not handed on', async (t) => {
  const { running } = await machine(t);
  const own = running.partitions[1]!;
  running.disk.content.write('rot', own.offsetBytes + 800_000);
  await using tools = await openPack(join(running.folder, 'recovery.pack'));
  const manifest = JSON.parse(manifestOf('system-2', '1.0').text) as PartitionManifest;
  const source = ownBlocks(own, running.disk, manifest, { ...tools, has: () => false });
  const facts = { got: 'block 3 of system-2 is damaged' };
  const block = Buffer.alloc(blockBytes);
  await t.rejects(source.read(manifest.blocks[3]!, block), { code: 'KNOWN_STATE_PACK_INVALID', facts });
  await source.read(manifest.blocks[2]!, block);
  t.equal(hashBlock(block), manifest.blocks[2]);
});

t.test('boot states are changed only under the lock, and recoveries are not counted', async (t) => {
  const { running, options } = await machine(t);
  const lock = join(running.folder, 'run/states.lock');
  const unlocked: number[] = [];
  const counts = new Set<number | undefined>();
  const disk: DiskAccess = {
    read: async (buffer, position) => await running.disk.read(buffer, position),
    async write(bytes, position) {
      await running.disk.write(bytes, position);
      const isState = running.partitions.some(({ offsetBytes, states }) => {
        const from = offsetBytes + states.offsetBytes;
        return position >= from && position < from + states.lengthBytes;
      });
      if (!isState) return;
      if (!existsSync(lock)) unlocked.push(position);
      counts.add((await running.states())?.recoveries);
    },
    async sync() {},
    async [Symbol.asyncDispose]() {},
  };
  await repairPartitions({ ...running.system, openDisk: async () => disk }, options);
  t.same(unlocked, []);
  t.same([...counts], [1], 'as it was before');
});

t.test('neither itself nor what the layout does not have', async (t) => {
  const { running, options } = await machine(t);
  for (const name of ['system-2', 'system-9']) {
    const refused = repairPartitions(running.system, { ...options, partitions: [name] });
    await t.rejects(refused, { code: 'KNOWN_STATE_PARTITION_UNKNOWN' }, name);
  }
  t.same(running.disk.writes, []);
});
