import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { checkPartition } from '../check-partition.ts';
import { blockBytes } from '../manifest.ts';
import {
  type FakeDisk,
  type FakeRunning,
  fakeRunning,
  imageOf,
  otherKey,
  packOf,
} from './fixtures/running-machine.ts';
import { updatePartition } from './update-partition.ts';

const good = { 'system-1': ['Clean', ''], 'system-2': ['OK', ''] } as const;

function machine(
  t: Test,
  states: Parameters<typeof fakeRunning>[2] = { 'system-1': ['Clean', ''] },
): FakeRunning {
  return fakeRunning(t.testdir({}), 'system-1', states);
}

async function look({ system, partitions }: FakeRunning, index: number) {
  const { signal } = new AbortController();
  const { publicKey } = system.configuration;
  return await checkPartition(partitions[index]!, { publicKey, signal, open: system.openDisk });
}

function events({ folder }: FakeRunning): { event: string; text: string }[] {
  const lines = readFileSync(join(folder, 'data/events.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}

t.test('the first partition gets the new version, and is OK', async (t) => {
  const running = machine(t);
  const pack = await packOf(join(running.folder, 'pack'), '1.1', ['system-1']);
  const lines: string[] = [];
  const report = await updatePartition(running.system, pack, { log: (text) => lines.push(text) });
  t.match(
    report,
    { partition: 'system-1', version: '1.1', writtenBlocks: 3 },
    'only what differs is written',
  );
  t.match((await running.states())?.partitions, {
    'system-1': { state: 'OK', reason: 'updated to 1.1' },
    'system-2': { state: 'OK' },
  });
  t.match(await look(running, 0), { integrity: 'intact', version: '1.1' });
  t.match(await look(running, 1), { integrity: 'intact', version: '1.0' });
  t.match(lines, [/system-2 could be started/, /known-state reset/]);
  t.match(events(running), [{ event: 'updated', text: /system-1 was updated to 1\.1/ }]);
});

t.test('what is there already is not written, and one block is not "1 blocks"', async (t) => {
  const running = machine(t);
  const { offsetBytes } = running.partitions[0]!;
  for (const [index, block] of imageOf('1.1', 'system-1').entries()) {
    if (index > 0) block.copy(running.disk.content, offsetBytes + index * blockBytes);
  }
  const pack = await packOf(join(running.folder, 'pack'), '1.1', ['system-1']);
  await updatePartition(running.system, pack);
  t.match(events(running), [{ event: 'updated', text: /^system-1 was updated to 1\.1, 1 block$/ }]);
});

t.test('the partition that is named gets it', async (t) => {
  const running = machine(t);
  const pack = await packOf(join(running.folder, 'pack'), '1.1', ['system-1', 'system-2']);
  await updatePartition(running.system, pack, { to: 'system-2' });
  t.match(await look(running, 0), { integrity: 'intact', version: '1.0' });
  t.match(await look(running, 1), { integrity: 'intact', version: '1.1' });
});

t.test('what is refused changes nothing', async (t) => {
  const at = (running: FakeRunning) => join(running.folder, 'pack');
  const refusals: Record<
    string,
    (running: FakeRunning) => Promise<{ path: string; to?: string; got: RegExp }>
  > = {
    'the other partition is Dirty': async (running) => {
      running.disk.content.set(machine(t, {}).disk.content);
      return {
        path: await packOf(at(running), '1.1', ['system-2']),
        to: 'system-2',
        got: /system-1 is Dirty/,
      };
    },
    'the other partition is damaged': async (running) => {
      running.disk.content.write('rot', running.partitions[1]!.offsetBytes + 1_000_000);
      return { path: await packOf(at(running), '1.1', ['system-1']), got: /system-2 is damaged: / };
    },
    'another key': async (running) => {
      const path = await packOf(at(running), '1.1', ['system-1'], { key: otherKey });
      return { path, got: /not of this key/ };
    },
    'a damaged block': async (running) => {
      const change = (block: Buffer, index: number) => void (index === 4 && block.fill('x', 7, 8));
      const path = await packOf(at(running), '1.1', ['system-1'], { change });
      return { path, got: /block 4 is damaged/ };
    },
    'no image of it': async (running) => {
      const path = await packOf(at(running), '1.1', ['system-1']);
      return { path, to: 'system-2', got: /no image of it, but of system-1/ };
    },
  };
  for (const [name, prepare] of Object.entries(refusals)) {
    const running = machine(t);
    const { path, to, got } = await prepare(running);
    const before = Buffer.from(running.disk.content);
    const code = 'KNOWN_STATE_UPDATE_REFUSED';
    await t.rejects(updatePartition(running.system, path, { to }), { code, facts: { got } }, name);
    t.ok(running.disk.content.equals(before), `${name}: nothing is written`);
  }
});

t.test('one at a time', async (t) => {
  const running = machine(t);
  const pack = await packOf(join(running.folder, 'pack'), '1.1', ['system-1']);
  const both = [updatePartition(running.system, pack), updatePartition(running.system, pack)];
  const ends = await Promise.allSettled(both);
  const refused = ends.filter(({ status }) => status === 'rejected');
  t.match(refused, [{ reason: { code: 'KNOWN_STATE_BUSY' } }]);
  t.equal(refused.length, 1);
  await updatePartition(running.system, pack);
});

t.test('a disk that refuses leaves the partition Dirty, with the reason', async (t) => {
  const running = machine(t);
  const pack = await packOf(join(running.folder, 'pack'), '1.1', ['system-1']);
  const { system, disk } = running;
  const openDisk = async () => deafAt(disk, running.partitions[0]!.offsetBytes + 600_000, 512);
  await t.rejects(updatePartition({ ...system, openDisk }, pack), { code: 'KNOWN_STATE_UPDATE_FAILED' });
  const { state, reason } = (await running.states())!.partitions['system-1']!;
  t.equal(state, 'Dirty');
  t.match(reason, /^update to 1\.1 failed: block 2 differs$/);
  t.match(events(running), [{ event: 'update-failed' }]);
});

/** A disk that keeps what it has in one place, without saying so. */
function deafAt(disk: FakeDisk, fromBytes: number, lengthBytes: number) {
  return {
    read: async (buffer: Buffer, position: number) => await disk.read(buffer, position),
    async write(bytes: Buffer, position: number) {
      const kept = Buffer.from(disk.content.subarray(fromBytes, fromBytes + lengthBytes));
      await disk.write(bytes, position);
      kept.copy(disk.content, fromBytes);
    },
    async sync() {},
    async [Symbol.asyncDispose]() {},
  };
}

t.test('a power cut at any write leaves what the next start gets right', async (t) => {
  const running = machine(t);
  const before = Buffer.from(running.disk.content);
  const pack = await packOf(join(running.folder, 'pack'), '1.1', ['system-1']);
  await updatePartition(running.system, pack);
  const { writes, content } = running.disk;
  t.ok(writes.length > 6, `${writes.length} writes`);
  const seen = new Set<string>();
  for (let count = 0; count <= writes.length; count += 1) {
    const whole = Buffer.from(before);
    for (const { positionBytes, bytes } of writes.slice(0, count)) bytes.copy(whole, positionBytes);
    const torn = Buffer.from(whole);
    // Half of the write that comes next is on the disk, too.
    const next = writes[count];
    next?.bytes.copy(torn, next.positionBytes, 0, Math.ceil(next.bytes.length / 1024) * 512);
    for (const state of [whole, torn]) {
      content.set(state);
      const [one, two] = [await look(running, 0), await look(running, 1)];
      const states = (await running.states())!.partitions;
      t.equal(two.integrity, 'intact', 'the other partition is untouched');
      t.equal(two.version, '1.0');
      t.equal(states['system-2']?.state, 'OK');
      const isStartable = one.integrity === 'intact' && states['system-1']?.state !== 'Dirty';
      const kind = isStartable ? `${one.version} ${states['system-1']?.state}` : states['system-1']?.state;
      seen.add(kind!);
    }
  }
  t.same([...seen], [`1.0 ${good['system-1'][0]}`, 'Dirty', '1.1 OK'], 'old, then Dirty, then new');
});
