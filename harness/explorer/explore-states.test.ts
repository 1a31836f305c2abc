import t from 'tap';
import { formatCrashState, parseCrashState } from './crash-state.ts';
import { exploreStates } from './explore-states.ts';
import {
  naiveState,
  naiveVolatile,
  type Request,
  randomRequests,
  sha256,
  writeFiles,
} from './fixtures/naive-states.ts';
import { readWriteHistory } from './write-history.ts';

const zeroHash = '0'.repeat(32);

/** Every state but the drawn ones, made as a whole disk each: their SHA-256, and at which points each is left. */
function naiveStates(
  base: Buffer,
  requests: readonly Request[],
  tearEverywhere: boolean,
): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (let point = 0; point <= requests.length; point += 1) {
    const before = requests.slice(0, point);
    const volatile = naiveVolatile(requests, point);
    const last = before.at(-1);
    const sectors = last?.kind === 'write' ? last.data.length / 512 : 0;
    const torn = tearEverywhere ? [...Array(sectors).keys()] : [1, Math.floor(sectors / 2), sectors - 1];
    const disks = [
      naiveState(base, before, (index) => !volatile.includes(index)),
      naiveState(base, before, () => true),
      ...volatile.map((lost) => naiveState(base, before, (index) => index !== lost)),
      ...torn
        .filter((kept) => kept > 0 && kept < sectors)
        .map((kept) => naiveState(base, before, () => true, kept)),
    ];
    for (const disk of disks) {
      const points = found.get(sha256(disk)) ?? [];
      found.set(sha256(disk), [...points, point]);
    }
  }
  return found;
}

/** The disk that an identity tells of, built from it without the explorer. */
function told(base: Buffer, requests: readonly Request[], text: string): Buffer {
  const { point, dropped, tornSectors } = parseCrashState(text);
  return naiveState(base, requests.slice(0, point), (index) => !dropped.includes(index), tornSectors);
}

t.test('the same states as those that are made one by one', async (t) => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const { base, requests } = randomRequests(seed);
    const tearEverywhere = seed % 2 === 0;
    const { basePath, logPath } = await writeFiles(t.testdir(), base, requests);
    const history = await readWriteHistory(basePath, logPath);
    const exploration = exploreStates(history, { uniformDraws: 0, tearEverywhere });
    const naive = naiveStates(base, requests, tearEverywhere);
    t.equal(exploration.distinctCount, naive.size, `seed ${seed}: as many distinct states`);
    const seen = new Set<string>();
    for (let number = 0; number < exploration.distinctCount; number += 1) {
      const { state, hash, firstPoint } = exploration.state(number);
      const disk = told(base, requests, formatCrashState(state));
      const points = naive.get(sha256(disk));
      t.same(
        [firstPoint, state.point],
        [points?.[0], points?.at(-1)],
        `seed ${seed}: ${formatCrashState(state)}`,
      );
      t.equal(hash === zeroHash, disk.equals(base), 'only the base image has the hash zero');
      seen.add(sha256(disk));
    }
    t.equal(seen.size, naive.size, `seed ${seed}: and the same ones`);
  }
});

t.test('drawn states are those that their identities tell of', async (t) => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const { base, requests } = randomRequests(seed, { requestCount: 30 });
    const { basePath, logPath } = await writeFiles(t.testdir(), base, requests);
    const history = await readWriteHistory(basePath, logPath);
    const exploration = exploreStates(history, { uniformDraws: 300, seed });
    const byHash = new Map<string, string>();
    const byContent = new Map<string, string>();
    for (let number = 0; number < exploration.distinctCount; number += 1) {
      const { state, hash } = exploration.state(number);
      const volatile = naiveVolatile(requests, state.point);
      t.ok(
        state.dropped.every((index) => volatile.includes(index)),
        'nothing durable is lost',
      );
      const content = sha256(told(base, requests, formatCrashState(state)));
      byHash.set(hash, content);
      byContent.set(content, hash);
    }
    t.equal(byHash.size, exploration.distinctCount, `seed ${seed}: one hash for each state`);
    t.equal(byContent.size, exploration.distinctCount, `seed ${seed}: one content for each hash`);
    const draws = Array.from({ length: 300 }, (_, draw) => exploration.drawnState(draw));
    const counted = new Map<number, number>();
    for (const number of draws) counted.set(number, (counted.get(number) ?? 0) + 1);
    for (const [number, count] of counted) t.equal(exploration.state(number).uniformDraws, count);
    const again = exploreStates(history, { uniformDraws: 300, seed });
    t.same(
      draws,
      draws.map((_, draw) => again.drawnState(draw)),
      'the same seed, the same draws',
    );
  }
});

t.test('draws are even among points and subsets', async (t) => {
  const write = (sector: number): Request => ({
    kind: 'write',
    firstSector: sector,
    data: Buffer.alloc(512, 1),
    isFua: false,
  });
  const requests = [write(0), write(1), write(2)];
  const base = Buffer.alloc(512 * 4);
  const { basePath, logPath } = await writeFiles(t.testdir(), base, requests);
  const draws = 80_000;
  const exploration = exploreStates(await readWriteHistory(basePath, logPath), { uniformDraws: draws });
  // At point p each of 2^p subsets of the first p writes: sector 2 is written in 1/8 of all draws.
  const expected = (bits: number) =>
    [0, 1, 2, 3].filter((point) => bits < 2 ** point).reduce((sum, point) => sum + 1 / 4 / 2 ** point, 0);
  for (let number = 0; number < exploration.distinctCount; number += 1) {
    const { state, uniformDraws } = exploration.state(number);
    const disk = told(base, requests, formatCrashState(state));
    const bits = [0, 1, 2].reduce((sum, sector) => sum + disk[sector * 512]! * 2 ** sector, 0);
    const deviation = Math.abs(uniformDraws / draws - expected(bits));
    t.ok(deviation < 0.01, `subset ${bits}: ${uniformDraws} of ${draws}`);
  }
  t.equal(exploration.distinctCount, 8);
});

t.test('where there are too many writes to lose one by one, the result says how many were not', async (t) => {
  const data = Buffer.alloc(512, 7);
  const requests = [...Array(20).keys()].map(
    (firstSector): Request => ({ kind: 'write', firstSector, data, isFua: false }),
  );
  const { basePath, logPath } = await writeFiles(t.testdir(), Buffer.alloc(512 * 24), requests);
  const history = await readWriteHistory(basePath, logPath);
  const { counts, enumeratedCount } = exploreStates(history, { uniformDraws: 5, maxSingleLosses: 4 });
  const tooMany = [...Array(21).keys()].reduce((sum, count) => sum + Math.max(0, count - 4), 0);
  const all = [...Array(21).keys()].reduce((sum, count) => sum + count, 0);
  t.match(counts.get('single-loss'), { enumerated: all - tooMany, skipped: tooMany });
  t.match(counts.get('uniform'), { enumerated: 5 });
  t.equal(enumeratedCount, 21 * 2 + all - tooMany + 5);
});

t.test('writes tear where the disk has its physical sectors', async (t) => {
  const data = Buffer.concat([...Array(40).keys()].map((index) => Buffer.alloc(512, index + 1)));
  const requests: Request[] = [{ kind: 'write', firstSector: 3, data, isFua: false }];
  const { basePath, logPath } = await writeFiles(t.testdir(), Buffer.alloc(512 * 64), requests);
  const history = await readWriteHistory(basePath, logPath);
  const tornAt = (options: Parameters<typeof exploreStates>[1]) => {
    const exploration = exploreStates(history, { uniformDraws: 0, ...options });
    const all = Array.from(
      { length: exploration.distinctCount },
      (_, number) => exploration.state(number).state,
    );
    return all.flatMap(({ tornSectors }) => tornSectors ?? []).sort((a, b) => a - b);
  };
  t.same(tornAt({}), [1, 20, 39]);
  t.same(tornAt({ tearEverywhere: true }).length, 39);
  t.same(tornAt({ tearUnitSectors: 8 }), [5, 21, 37]);
  t.same(tornAt({ tearUnitSectors: 8, tearEverywhere: true }), [5, 13, 21, 29, 37]);
  t.same(tornAt({ tearUnitSectors: 64 }), [], 'it lies in one physical sector');
});
