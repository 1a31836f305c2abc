import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import type { Acknowledgement } from './acknowledgements.ts';
import type { Exploration } from './exploration.ts';
import { exploreStates } from './explore-states.ts';
import { naiveState, naiveVolatile, randomRequests, sha256, writeFiles } from './fixtures/naive-states.ts';
import type { JudgedState, Verdict } from './judge-states.ts';
import { SyntheticLog } from './synthetic-log.ts';
import { writeTimeLine } from './time-line.ts';
import { readWriteHistory } from './write-history.ts';

const placeOf = (sector: number) => (sector === 0 ? 'boot record' : sector < 8 ? 'gap' : 'partition 1');

async function explored(t: Test, log: SyntheticLog): Promise<Exploration> {
  const folder = t.testdir();
  const [basePath, logPath] = [join(folder, 'base'), join(folder, 'log')];
  await writeFile(basePath, Buffer.alloc(64 * 512));
  await writeFile(logPath, log.toBuffer());
  return exploreStates(await readWriteHistory(basePath, logPath), { uniformDraws: 20 });
}

function content(sectors: number, byte: number): Buffer {
  return Buffer.alloc(sectors * 512, byte);
}

/** The log of nine entries that most tests look at. */
function smallLog(): SyntheticLog {
  return new SyntheticLog()
    .write(0, content(1, 1))
    .write(10, content(4, 2))
    .flush()
    .write(20, content(2, 3), { isFua: true })
    .write(30, content(1, 4))
    .write(7, content(2, 5))
    .discard(10, 4)
    .flush()
    .write(40, content(1, 6), { isFlush: true });
}

function judged(
  exploration: Exploration,
  number: number,
  outcome: Verdict['outcome'],
): [number, JudgedState] {
  const verdicts = [{ judge: 'j', outcome }];
  const isFailure = outcome === 'damaged' || outcome === 'lost';
  return [number, { explored: exploration.state(number), identity: '', verdicts, isFailure }];
}

function drawn(exploration: Exploration, more: Partial<Parameters<typeof writeTimeLine>[0]> = {}) {
  const toBytes = exploration.history.entries.at(-1)!.endOffsetBytes;
  const recording = { acknowledgements: [] as Acknowledgement[], toBytes };
  return writeTimeLine(
    { recording, exploration, fromPoint: 0, verdicts: new Map(), booted: new Map(), ...more },
    placeOf,
  );
}

t.test('entries stand in the order of the log, each beneath its place', async (t) => {
  const { columns, places, points, entriesPerColumn } = drawn(await explored(t, smallLog()));
  t.match(
    { points, entriesPerColumn, columns: columns.length },
    { points: 10, entriesPerColumn: 1, columns: 10 },
  );
  t.strictSame(places, [
    { name: 'boot record', writes: 1, sectors: 1, discards: 0 },
    { name: 'gap', writes: 1, sectors: 2, discards: 0 },
    { name: 'partition 1', writes: 5, sectors: 10, discards: 1 },
  ]);
  const write = { writes: 1, fua: 0, discards: 0 };
  t.strictSame(
    columns.map(({ hits }) => hits),
    [
      [],
      [{ place: 0, ...write, sectors: 1 }],
      [{ place: 2, ...write, sectors: 4 }],
      [],
      [{ place: 2, ...write, sectors: 2, fua: 1 }],
      [{ place: 2, ...write, sectors: 1 }],
      [
        { place: 1, ...write, sectors: 2 },
        { place: 2, ...write, sectors: 2 },
      ],
      [{ place: 2, writes: 0, sectors: 0, fua: 0, discards: 1 }],
      [],
      [{ place: 2, ...write, sectors: 1 }],
    ],
  );
  t.strictSame(
    columns.map(({ flushes }) => flushes),
    [0, 0, 0, 1, 0, 0, 0, 0, 1, 1],
  );
  t.strictSame(
    columns.map(({ atRisk }) => atRisk),
    [0, 1, 2, 0, 0, 1, 2, 3, 0, 1],
  );
});

t.test('each cut has all the states that it may leave', async (t) => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const { base, requests } = randomRequests(seed);
    const { basePath, logPath } = await writeFiles(t.testdir(), base, requests);
    const exploration = exploreStates(await readWriteHistory(basePath, logPath), { uniformDraws: 10 });
    const hashes = Array.from({ length: exploration.distinctCount }, (_, number) => {
      const { point, dropped, tornSectors } = exploration.state(number).state;
      return sha256(
        naiveState(base, requests.slice(0, point), (index) => !dropped.includes(index), tornSectors),
      );
    });
    const seen = new Map<number, number[]>();
    let enumerated = 0;
    for (let point = 0; point <= requests.length; point += 1) {
      const numbers = [...exploration.statesAt(point)];
      enumerated += numbers.length;
      for (const number of numbers) seen.set(number, [...(seen.get(number) ?? []), point]);
      const volatile = naiveVolatile(requests, point);
      const before = requests.slice(0, point);
      const naive = [-1, ...volatile].map((lost) => naiveState(base, before, (index) => index !== lost));
      const durable = naiveState(base, before, (index) => !volatile.includes(index));
      const found = new Set(numbers.map((number) => hashes[number]));
      t.ok(
        [...naive, durable].every((disk) => found.has(sha256(disk))),
        `seed ${seed}, cut ${point}`,
      );
    }
    t.equal(enumerated, exploration.enumeratedCount);
    for (const [number, points] of seen) {
      const { firstPoint, state } = exploration.state(number);
      t.same([points[0], points.at(-1)], [firstPoint, state.point]);
      t.equal(exploration.latestPoint(number), state.point);
    }
  }
});

t.test(
  'the worst is told of every cut that leaves it, a loss only where it was promised by then',
  async (t) => {
    const exploration = await explored(t, smallLog());
    const { entries } = exploration.history;
    // The disk as after the first flush, which cuts 3 to 7 leave when everything that is volatile is lost.
    const flushed = [...exploration.statesAt(3)][0]!;
    t.match(exploration.state(flushed), { firstPoint: 2, state: { point: 3 } });
    const kept = [...exploration.statesAt(4)][0]!;
    const points = [...Array(10).keys()].filter((point) => exploration.statesAt(point).includes(kept));
    t.strictSame(points, [4, 5, 6, 7]);
    const acknowledgements = [{ position: entries[4]!.endOffsetBytes, label: 'saved' }];
    const recording = { acknowledgements, toBytes: entries.at(-1)!.endOffsetBytes };
    const verdicts = new Map([judged(exploration, kept, 'lost'), judged(exploration, flushed, 'damaged')]);
    const asked = drawn(exploration, { recording, verdicts });
    t.strictSame(asked.acknowledgedAt, [5]);
    t.strictSame(
      asked.columns.map(({ notLegal }) => notLegal),
      [0, 0, 0, 0, 0, 1, 1, 1, 0, 0],
      'cut 4 had promised nothing',
    );
    t.equal(asked.columns[4]!.looked, 1, 'and is counted as looked at all the same');
    t.match(asked.totals, { notLegal: 1, notAsked: 1, looked: 2, states: exploration.distinctCount });
    t.strictSame(
      asked.columns.map(({ notAsked }) => notAsked),
      [0, 0, 1, 1, 0, 0, 0, 0, 0, 0],
    );

    const booted = new Map([
      [flushed, null],
      [kept, 'it does not come up'],
    ]);
    const answered = drawn(exploration, { verdicts: new Map([...verdicts].slice(1)), booted });
    t.match(answered.totals, { notLegal: 1, recovered: 1, notAsked: 0, cameBack: 0, booted: 2 });
    t.equal(answered.columns[4]!.notLegal, 1, 'what was promised is the same everywhere');
    t.equal(drawn(exploration, { booted: new Map([[flushed, null]]) }).totals.cameBack, 1);
    const looked = new Map([judged(exploration, flushed, 'mended')]);
    t.equal(drawn(exploration, { verdicts: looked }).totals.witnessed, 1);
  },
);

t.test(
  'a span begins where it begins; what was promised before is known there, what came after is not of it',
  async (t) => {
    const exploration = await explored(t, smallLog());
    const { entries } = exploration.history;
    const toBytes = entries.at(-1)!.endOffsetBytes;
    const acknowledgements = [
      0,
      entries[2]!.endOffsetBytes,
      entries[5]!.endOffsetBytes,
      toBytes,
      toBytes + 1,
    ].map((position) => ({ position, label: 'x' }));
    const timeLine = drawn(exploration, { recording: { acknowledgements, toBytes }, fromPoint: 4 });
    t.match(timeLine, { fromPoint: 4, points: 6, acknowledgedAt: [4, 4, 6, 9, null] });
    t.equal(timeLine.columns.length, 6);
    t.strictSame(
      timeLine.columns.map(({ atRisk }) => atRisk),
      [0, 1, 2, 3, 0, 1],
    );
    t.strictSame(timeLine.columns[0]!.hits, [], 'entries before it are not drawn');
    const inSpan =
      exploration.distinctCount -
      [...Array(exploration.distinctCount).keys()].filter((number) => exploration.latestPoint(number) < 4)
        .length;
    t.equal(timeLine.totals.states, inSpan);
    t.ok(inSpan < exploration.distinctCount);
  },
);

t.test('a long log has few columns, and nothing is lost in them', async (t) => {
  const log = new SyntheticLog();
  for (let index = 0; index < 5_000; index += 1) {
    if (index % 7 === 6) log.flush();
    else log.write(8 + (index % 40), content(1, 1 + (index % 200)));
  }
  const exploration = await explored(t, log);
  const { entries } = exploration.history;
  const acknowledgements = entries.map(({ endOffsetBytes: position }) => ({ position, label: 'x' }));
  const recording = { acknowledgements, toBytes: entries.at(-1)!.endOffsetBytes };
  const worst = 1234;
  for (let number = 0; number < exploration.distinctCount; number += 97) {
    t.ok(exploration.statesAt(exploration.latestPoint(number)).includes(number), `state ${number}`);
  }
  const timeLine = drawn(exploration, { recording, verdicts: new Map([judged(exploration, worst, 'lost')]) });
  const sum = (of: (column: (typeof columns)[number]) => number) =>
    columns.reduce((total, column) => total + of(column), 0);
  const { columns, entriesPerColumn } = timeLine;
  t.ok(columns.length <= 320, `${columns.length} columns`);
  t.ok((columns.length - 1) * entriesPerColumn >= 5_000);
  t.equal(
    sum(({ flushes }) => flushes),
    entries.filter(({ isFlush }) => isFlush).length,
  );
  t.equal(
    sum(({ hits }) => hits.reduce((total, { writes }) => total + writes, 0)),
    entries.length - sum(({ flushes }) => flushes),
  );
  t.equal(
    sum(({ enumerated }) => enumerated),
    exploration.enumeratedCount,
  );
  t.strictSame(
    timeLine.acknowledgedAt,
    entries.map(({ index }) => index + 1),
  );
  const column = Math.ceil(exploration.latestPoint(worst) / entriesPerColumn);
  t.equal(columns[column]!.notLegal, 1, 'the one failure among them is in its column');
  t.equal(timeLine.totals.notLegal, 1);
});

t.test('of very many places the last share a lane', async (t) => {
  const log = new SyntheticLog();
  for (let index = 0; index < 60; index += 1) log.write(index, content(1, 1));
  const exploration = await explored(t, log);
  const recording = { acknowledgements: [], toBytes: 1e9 };
  const { places } = writeTimeLine(
    { recording, exploration, fromPoint: 0, verdicts: new Map(), booted: new Map() },
    (sector) => `partition ${sector}`,
  );
  t.equal(places.length, 12);
  t.match(places.at(-1), { name: '49 other places', writes: 49 });
});

t.test('of several cuts in a column the one by which the most was promised counts', async (t) => {
  const log = new SyntheticLog();
  for (let index = 0; index < 900; index += 1) log.write(8 + (index % 40), content(1, 1 + (index % 200)));
  const exploration = await explored(t, log);
  const { entries } = exploration.history;
  // All is volatile: every cut may leave the base image, and before cut 5 nothing was promised.
  const base = [...exploration.statesAt(0)][0]!;
  const acknowledgements = [{ position: entries[4]!.endOffsetBytes, label: 'saved' }];
  const recording = { acknowledgements, toBytes: entries.at(-1)!.endOffsetBytes };
  const verdicts = new Map([judged(exploration, base, 'lost')]);
  const { columns, entriesPerColumn } = drawn(exploration, { recording, verdicts });
  t.equal(entriesPerColumn, 3, 'cuts 4, 5 and 6 stand together');
  t.strictSame(
    columns.slice(0, 4).map(({ notLegal }) => notLegal),
    [0, 0, 1, 1],
  );
});
