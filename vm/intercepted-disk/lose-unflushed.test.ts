import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import t from 'tap';
import { BufferPool } from './buffer-pool.ts';
import { ByteStore } from './byte-store.ts';
import { servedDisk } from './fixtures/served-disk.ts';
import type { LoseUnflushed } from './lose-unflushed.ts';

const sectorBytes = 512;
const sectorCount = 64;

/** What the model knows of a write: its sectors and their value, and whether something vouched for it. */
interface ModelWrite {
  first: number;
  values: readonly number[];
  isDurable: boolean;
}

/** Numbers below a limit that follow from a seed. */
function diceOf(seed: string): (limit: number) => number {
  let throws = 0;
  return (limit) => {
    throws += 1;
    return createHash('sha256').update(`${seed} ${throws}`).digest().readUInt32BE(0) % limit;
  };
}

function contentOf(values: readonly number[]): Buffer {
  return Buffer.concat(values.map((value) => Buffer.alloc(sectorBytes, value)));
}

function valuesOf(content: Buffer): number[] {
  return Array.from({ length: sectorCount }, (_, sector) => {
    const bytes = content.subarray(sector * sectorBytes, (sector + 1) * sectorBytes);
    return bytes.every((byte) => byte === bytes[0]) ? bytes[0]! : -1;
  });
}

/** The state after these writes, when of each that may be lost so many sectors are kept. */
function stateOf(
  base: readonly number[],
  writes: readonly ModelWrite[],
  isKept: (index: number) => number,
): string {
  const values = [...base];
  for (const [index, write] of writes.entries()) {
    const sectors = write.isDurable ? write.values.length : isKept(index);
    for (const [offset, value] of write.values.slice(0, sectors).entries())
      values[write.first + offset] = value;
  }
  return values.join();
}

async function randomHistory(t: Parameters<typeof servedDisk>[0], seed: string) {
  const dice = diceOf(seed);
  const start = Array.from({ length: sectorCount }, () => (dice(3) === 0 ? 0 : 200 + dice(50)));
  const served = await servedDisk(t, contentOf(start));
  const client = await served.powerOn();
  let base = [...start];
  let writes: ModelWrite[] = [];
  const now = [...start];
  for (let step = 0; step < 12; step += 1) {
    const first = dice(sectorCount - 8);
    const count = 1 + dice(8);
    const what = dice(8);
    const isForced = dice(4) === 0;
    if (what === 0) {
      await client.flush();
      [base, writes] = [[...now], []];
      continue;
    }
    const values = new Array<number>(count).fill(what <= 2 ? 0 : step + 1);
    if (what === 1) await client.trim(first * sectorBytes, count * sectorBytes);
    else if (what === 2) await client.zeroes(first * sectorBytes, count * sectorBytes, { isForced });
    else await client.write(first * sectorBytes, contentOf(values), { isForced });
    writes.push({ first, values, isDurable: isForced && what !== 1 });
    for (const [offset, value] of values.entries()) now[first + offset] = value;
  }
  await served.cut();
  return { served, base, writes, now };
}

const ways: LoseUnflushed[] = [
  { keep: 'none' },
  { keep: 'all' },
  { keep: { seed: 'x' } },
  { keep: { seed: 'y' } },
  { keep: 'none', tearLast: true },
  { keep: 'all', tearLast: true },
  { keep: { seed: 'z' }, tearLast: true },
];

for (const [index, how] of ways.entries()) {
  t.test(`${JSON.stringify(how)} leaves states that a power cut can leave, and says which`, async (t) => {
    let [lost, changed, torn] = [0, 0, 0];
    for (let round = 0; round < 25; round += 1) {
      const seed = `${index} ${round}`;
      const { served, base, writes, now } = await randomHistory(t, seed);
      const facts = await served.disk.loseUnflushed(how);
      const values = valuesOf(await served.content());
      const unsure = writes.flatMap((write, number) => (write.isDurable ? [] : [number]));
      t.equal(facts.writes, unsure.length, seed);
      t.equal(facts.bytesChanged, values.filter((value, at) => value !== now[at]).length * sectorBytes, seed);
      const candidates = subsetsOf(unsure).flatMap((kept) => {
        const last = kept.at(-1) ?? unsure.at(-1);
        return [false, true].map((isTorn) => ({ kept, isTorn, last, state: tornState(kept, isTorn, last) }));
      });
      function tornState(kept: readonly number[], isTorn: boolean, last: number | undefined): string {
        return stateOf(base, writes, (at) => {
          const sectors = writes[at]!.values.length;
          if (isTorn && at === last) return Math.floor(sectors / 2);
          return kept.includes(at) ? sectors : 0;
        });
      }
      const legal = candidates.filter(
        ({ kept, isTorn, state }) =>
          isTorn === (how.tearLast ?? false) &&
          (how.keep !== 'none' || kept.length === 0) &&
          (how.keep !== 'all' || kept.length === unsure.length) &&
          state === values.join(),
      );
      const lostOf = ({ kept, isTorn, last }: (typeof candidates)[number]): number =>
        unsure.filter((number) => !kept.includes(number) && !(isTorn && number === last)).length;
      t.ok(
        legal.some((candidate) => lostOf(candidate) === facts.lost),
        `${seed}: ${values.join()}`,
      );
      lost += facts.lost;
      changed += facts.bytesChanged;
      torn += facts.tornSectors;
      t.match(await served.disk.loseUnflushed({ keep: 'none' }), { writes: 0, bytesChanged: 0 }, 'once');
    }
    t.equal(lost > 0, how.keep !== 'all', `lost ${lost}`);
    t.equal(torn > 0, how.tearLast === true, `torn ${torn}`);
    t.equal(changed > 0, how.keep !== 'all' || how.tearLast === true, `changed ${changed}`);
  });
}

function subsetsOf(numbers: readonly number[]): number[][] {
  const bits = Array.from({ length: 2 ** numbers.length }, (_, bitmap) => bitmap);
  return bits.map((bitmap) => numbers.filter((_, index) => (bitmap >> index) & 1));
}

t.test('the same seed keeps the same writes, another one others', async (t) => {
  const states: string[] = [];
  for (const seed of ['a', 'a', 'b', 'c']) {
    const { served } = await randomHistory(t, 'same history 7');
    await served.disk.loseUnflushed({ keep: { seed } });
    states.push(valuesOf(await served.content()).join());
  }
  t.equal(states[0], states[1]);
  t.ok(new Set(states).size > 1);
});

t.test('a flush vouches for what was acknowledged when it came, and for nothing later', async (t) => {
  const { disk, powerOn, cut, content } = await servedDisk(t, contentOf(new Array(sectorCount).fill(9)));
  const client = await powerOn();
  await client.write(0, contentOf([1]));
  const late = client.write(sectorBytes, contentOf([2]));
  await Promise.all([late, client.flush()]);
  await client.write(2 * sectorBytes, contentOf([3]), { isForced: true });
  t.equal(disk.unflushedWrites, 1);
  await cut();
  t.match(await disk.loseUnflushed({ keep: 'none' }), {
    disk: 'disk',
    writes: 1,
    lost: 1,
    bytesChanged: 512,
  });
  t.same(valuesOf(await content()).slice(0, 4), [1, 9, 3, 9]);
});

t.test('a forced write that was not acknowledged may be lost', async (t) => {
  const { disk, powerOn, cut, content } = await servedDisk(t, contentOf(new Array(sectorCount).fill(9)));
  const moment = disk.atWrite({ number: 1, when: 'after' }, cut);
  const client = await powerOn();
  client.write(0, contentOf([1]), { isForced: true });
  t.match(await moment.finished, { isForced: true, sectorsWritten: 1 });
  t.equal(valuesOf(await content())[0], 1);
  t.match(await disk.loseUnflushed({ keep: 'none' }), { writes: 1, lost: 1 });
  t.equal(valuesOf(await content())[0], 9);
});

t.test('while the machine is on nothing is taken back, and a new power on vouches for all', async (t) => {
  const { disk, powerOn, cut } = await servedDisk(t, contentOf(new Array(sectorCount).fill(9)));
  const client = await powerOn();
  await client.write(0, contentOf([1]));
  await t.rejects(disk.loseUnflushed({ keep: 'none' }), { code: 'VM_DISK_IN_USE' });
  await cut();
  await powerOn();
  t.equal(disk.unflushedWrites, 0);
});

t.test('what does not fit into memory is in a file without a name', async (t) => {
  const megabyte = 1024 * 1024;
  const original = Buffer.alloc(32 * megabyte, 5);
  const { disk, powerOn, cut, content, folder } = await servedDisk(t, original);
  const client = await powerOn();
  for (let at = 0; at < 32; at += 2) await client.write(at * megabyte, Buffer.alloc(2 * megabyte, at + 1));
  for (let at = 1; at < 31; at += 2) await client.write(at * megabyte, Buffer.alloc(2 * megabyte, at + 1));
  await cut();
  t.same(await readdir(folder), ['disk.raw']);
  t.match(await disk.loseUnflushed({ keep: 'none' }), { writes: 31, lost: 31, bytesChanged: 32 * megabyte });
  t.ok((await content()).equals(original));
});

t.test('a store holds no more in memory than it may, and begins its file anew', async (t) => {
  const pool = new BufferPool();
  const store = new ByteStore(`${t.testdir()}/scratch`, pool, 8192);
  const piece = (value: number): Buffer => pool.take(4096).fill(value);
  const kept = [];
  for (const value of [1, 2, 3, 4, 0]) kept.push(await store.keep(piece(value)));
  t.same(
    kept.map((one) => one.in),
    ['memory', 'memory', 'file', 'file', 'zeros'],
  );
  t.equal(store.spilledBytes, 8192);
  for (const [index, value] of [1, 2, 3, 4, 0].entries()) {
    const target = Buffer.alloc(4096, 0xff);
    await store.read(kept[index]!, target);
    t.ok(target.equals(Buffer.alloc(4096, value)));
  }
  for (const one of kept) store.drop(one);
  t.equal(store.spilledBytes, 0);
  t.match(await store.keep(piece(5)), { in: 'memory' });
  await store.close();
});
