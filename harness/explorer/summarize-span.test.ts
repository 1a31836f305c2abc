import t, { type Test } from 'tap';
import { chosenStates } from './boot-order.ts';
import { clustersOf } from './clusters.ts';
import { failureBound } from './confidence.ts';
import { exploreStates } from './explore-states.ts';
import { randomRequests, writeFiles } from './fixtures/naive-states.ts';
import type { JudgedState } from './judge-states.ts';
import { type SpanFindings, summarizeSpan } from './summarize-span.ts';
import { readWriteHistory } from './write-history.ts';

async function found(t: Test) {
  const { base, requests } = randomRequests(3, { sectorCount: 32, requestCount: 60 });
  const { basePath, logPath } = await writeFiles(t.testdir(), base, requests);
  const exploration = exploreStates(await readWriteHistory(basePath, logPath), {
    uniformDraws: 20,
    seed: 2,
  });
  const clusters = clustersOf(exploration, (sector) => `place ${sector >> 3}`);
  const recording = { acknowledgements: [], toBytes: exploration.history.entries.at(-1)!.endOffsetBytes };
  const findings = {
    place: { recording, commandFor: (state: string) => state },
    ...{ exploration, clusters, fromPoint: 0, verdicts: new Map(), booted: new Map() },
    ...{ failures: [], failureCount: 0, betweenCount: 0, unrecordedDisks: [], trouble: undefined },
    ...{ witnessMs: 0, bootedMs: 0, uniform: failureBound(0, 0) },
  } as unknown as SpanFindings;
  const draws = Array.from({ length: 20 }, (_, draw) => exploration.drawnState(draw));
  return { findings, draws, chosen: chosenStates(clusters, new Set()) };
}

t.test('states of clusters, drawn by chance or not, say nothing of the others', async (t) => {
  const { findings, draws, chosen } = await found(t);
  t.ok(chosen.has(draws[0]!), 'the first draw is such a state');
  const ofChosen = new Map([...chosen].map((number): [number, null] => [number, null]));
  t.equal((await summarizeSpan({ ...findings, booted: ofChosen })).boots.uniform.draws, 0);
  const all = new Map(draws.map((number): [number, null] => [number, null]));
  t.match((await summarizeSpan({ ...findings, booted: all })).boots.uniform, { draws: 20, failures: 0 });
});

t.test('a draw in which something is lost counts, though no machine is asked', async (t) => {
  const { findings, draws } = await found(t);
  const lost = draws[5]!;
  const verdicts = [{ judge: 'j', outcome: 'lost' }];
  const judged = { explored: findings.exploration.state(lost), identity: '', verdicts, isFailure: true };
  const booted = new Map(
    draws.filter((number) => number !== lost).map((number): [number, null] => [number, null]),
  );
  const { uniform } = (
    await summarizeSpan({
      ...findings,
      booted,
      verdicts: new Map([[lost, judged as unknown as JudgedState]]),
    })
  ).boots;
  t.match(uniform, { draws: 20, failures: draws.filter((number) => number === lost).length });
});

t.test('what forks have found and nobody has confirmed is told of', async (t) => {
  const { findings } = await found(t);
  const state = { state: '7', why: 'w', command: 'c' };
  const forks = {
    ...{ judged: 9, cameBack: 6, confirmed: 1, perMinute: 1, templates: [], inFull: [] },
    disagreements: [state],
  };
  const { notCovered } = await summarizeSpan({ ...findings, forks });
  t.ok(notCovered.some((text) => /^2 states that were not back as forks/.test(text)));
  t.ok(notCovered.some((text) => /^1 states that were back after a full boot/.test(text)));
});
