import t from 'tap';
import { bootOrder } from './boot-order.ts';
import { clustersOf } from './clusters.ts';
import { ConsoleLines } from './console-lines.ts';
import { exploreStates } from './explore-states.ts';
import { randomRequests, writeFiles } from './fixtures/naive-states.ts';
import { readWriteHistory } from './write-history.ts';

t.test('clusters with damage come first, then one of each, spread; each state once', async (t) => {
  const { base, requests } = randomRequests(3, { sectorCount: 32, requestCount: 60 });
  const { basePath, logPath } = await writeFiles(t.testdir(), base, requests);
  const exploration = exploreStates(await readWriteHistory(basePath, logPath), { uniformDraws: 20 });
  const clusters = clustersOf(exploration, (sector) => `place ${sector >> 3}`);
  const large = clusters.filter(({ states }) => states.length > 2);
  t.ok(large.length >= 2);
  const damaged = new Set([large[0]!.states[1]!, large[0]!.states[2]!, large[1]!.states[2]!]);
  const order = [...bootOrder(exploration, clusters, damaged)];
  t.same(
    order.toSorted((a, b) => a - b),
    [...Array(exploration.distinctCount).keys()],
  );
  t.same(new Set(order.slice(0, 2)), new Set([large[0]!.states[1]!, large[1]!.states[2]!]));
  const clusterOf = (number: number) => clusters.findIndex(({ states }) => states.includes(number));
  const first = order.slice(0, clusters.length).map(clusterOf);
  t.equal(new Set(first).size, clusters.length, 'each cluster once');
  const early = first.slice(2, 6);
  t.ok(
    early.some((index) => index >= clusters.length / 2) && early.some((index) => index < clusters.length / 2),
    'not from one end to the other',
  );
});

t.test('lines of a console count when they are whole, and match', async (t) => {
  const heard: string[] = [];
  const lines = new ConsoleLines([/ASSAY READY \{.*\}/, /SAFE/], (line) => heard.push(line));
  lines.push('ASSAY REA');
  lines.push('DY {"a":1}');
  t.same(heard, [], 'not yet');
  lines.push('\r\nnothing\nSAFE 1\n');
  t.same(heard, ['ASSAY READY {"a":1}', 'SAFE 1']);
});
