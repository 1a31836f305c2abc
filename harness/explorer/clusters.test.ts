import t from 'tap';
import { acknowledgedBefore } from './acknowledgements.ts';
import { clustersOf, spread, testOrder } from './clusters.ts';
import { exploreStates } from './explore-states.ts';
import { type Request, randomRequests, writeFiles } from './fixtures/naive-states.ts';
import { readWriteHistory } from './write-history.ts';

const write = (firstSector: number): Request => ({
  kind: 'write',
  firstSector,
  data: Buffer.alloc(512, 1),
  isFua: false,
});

async function explored(folder: string, requests: readonly Request[], uniformDraws = 0) {
  const { basePath, logPath } = await writeFiles(folder, Buffer.alloc(512 * 32), requests);
  return exploreStates(await readWriteHistory(basePath, logPath), { uniformDraws });
}

t.test('states are alike when they lost and kept the same places of the same epoch', async (t) => {
  const requests = [write(0), write(20), { kind: 'flush' as const }, write(1)];
  const exploration = await explored(t.testdir(), requests);
  const clusters = clustersOf(exploration, (sector) => (sector < 10 ? 'low' : 'high'));
  t.same(
    clusters.map(({ epoch, keptPlaces, lostPlaces, states }) => [
      epoch,
      keptPlaces,
      lostPlaces,
      states.length,
    ]),
    // The empty disk is left last by a cut that loses both; the disk with both by one after the flush that loses the third.
    [
      [0, [], ['high', 'low'], 1],
      [0, ['low'], ['high'], 1],
      [1, [], ['low'], 1],
      [0, ['high'], ['low'], 1],
      [1, ['low'], [], 1],
    ],
  );
});

t.test(
  'each state is tested once, one of each cluster first, then the draws as they were drawn',
  async (t) => {
    const { base, requests } = randomRequests(3, { sectorCount: 32, requestCount: 60 });
    const { basePath, logPath } = await writeFiles(t.testdir(), base, requests);
    const exploration = exploreStates(await readWriteHistory(basePath, logPath), { uniformDraws: 50 });
    const clusters = clustersOf(exploration, (sector) => `place ${sector >> 3}`);
    const order = [...testOrder(exploration, clusters)];
    t.same(
      [...order].sort((a, b) => a - b),
      [...Array(exploration.distinctCount).keys()],
    );
    const representatives = spread(clusters).map(({ states }) => states[0]!);
    t.same(order.slice(0, clusters.length), representatives);
    const drawn = [...new Set([...Array(50).keys()].map((draw) => exploration.drawnState(draw)))];
    const next = drawn.filter((number) => !representatives.includes(number));
    t.ok(next.length > 5);
    t.same(order.slice(clusters.length, clusters.length + next.length), next);
    t.same([...testOrder(exploration, clusters)], order, 'the same again');
  },
);

t.test('the first clusters lie all over the span, and none is left out', (t) => {
  const clusters = [...Array(100).keys()].map((epoch) => ({
    ...{ epoch, keptPlaces: [], lostPlaces: [], isTorn: false, states: [epoch] },
  }));
  const epochs = spread(clusters).map(({ epoch }) => epoch);
  t.same(
    [...epochs].sort((a, b) => a - b),
    [...Array(100).keys()],
  );
  const early = epochs.slice(0, 8).sort((a, b) => a - b);
  const gaps = early.map((epoch, index) => epoch - (early[index - 1] ?? 0));
  t.ok(Math.max(...gaps, 99 - early.at(-1)!) < 40, early.join());
  t.end();
});

t.test('what was acknowledged before a cut', async (t) => {
  const { history } = await explored(t.testdir(), [write(0), { kind: 'flush' }, write(1)]);
  const end = history.entries.map(({ endOffsetBytes }) => endOffsetBytes);
  const before = acknowledgedBefore(history, [
    { position: end[1]!, label: 'first' },
    { position: end[2]! - 1, label: 'while the next one was written' },
    { position: end[2]!, label: 'last' },
  ]);
  const labels = (point: number) => before(point).map(({ label }) => label);
  t.same(labels(1), []);
  t.same(labels(2), ['first', 'while the next one was written']);
  t.same(labels(3), ['first', 'while the next one was written', 'last']);
});
