import t from 'tap';
import { exploration, givenSpan } from '../test-data/explored-span.ts';
import { folded, passed, runEnded, started } from '../test-data/folded.ts';
import { hostileTexts } from '../test-data/hostile-texts.ts';
import { htmlReport } from './html-report.ts';
import { type ExplorationMaterial, noMaterial } from './report-material.ts';

const run = folded([
  [0, started('one')],
  [1, passed('one')],
  [2, runEnded({ passed: 1 })],
]);

/** The page of a run with this exploration, without its scripts and styles. */
function pageOf(found: ExplorationMaterial, of = run): string {
  const page = htmlReport(of, new Map([['one', { ...noMaterial, exploration: found }]]));
  return page.replaceAll(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, '');
}

function chartOf(...spans: Parameters<typeof exploration>): string {
  return pageOf({ path: 'explore.json', found: exploration(...spans) });
}

function chartOfRun(of: typeof run): string {
  return pageOf({ path: 'explore.json', found: exploration(givenSpan()) }, of);
}

/** How many parts a path of this class has, in the drawing and not in the legend. */
function partsOf(chart: string, name: string): number {
  const drawn = /<svg width="\d+"[\s\S]*?<p class="legend/.exec(chart)![0];
  const paths = [...drawn.matchAll(new RegExp(`<path class="${name}" d="([^"]*)"`, 'g'))];
  return paths.reduce((sum, [, path = '']) => sum + (path.match(/M/g)?.length ?? 0), 0);
}

t.test('every write, flush, discard and promise is drawn', async (t) => {
  const chart = chartOf(givenSpan());
  t.equal(partsOf(chart, 'write'), 9);
  t.equal(partsOf(chart, 'fua'), 1);
  t.equal(partsOf(chart, 'discard'), 1);
  t.equal(partsOf(chart, 'flush'), 2);
  t.equal(partsOf(chart, 'flag'), 2, 'what came after the span is no flag of it');
  t.match(chart, '3 acknowledgements: what was promised');
  t.match(chart, 'after the span</span> ASSAY READY');
  t.match(chart, /cut 5<\/span> ASSAY READY/);
});

t.test('each cut says what it could lose, and what became of its states', async (t) => {
  const chart = chartOf(givenSpan());
  t.equal(chart.match(/<g class="column" /g)?.length, 13);
  t.match(chart, '<title>cut 0, before everything.');
  t.match(
    chart,
    'entry 2, then cut 3: 1 write of 2 KiB (FUA) to partition 1. At most 2 entries could be lost',
  );
  t.match(chart, 'entry 3, then cut 4: 1 flush.');
  t.match(chart, '2 states, 2 looked at, 1 tried in machines: 1 got over damage, 1 legal to witnesses.');
  t.match(chart, '2 states, 0 looked at, 0 tried in machines: 2 without a verdict.');
});

t.test('of machines that were forks it is said so', async (t) => {
  t.match(chartOf(givenSpan()), 'Tried in machines: 1; 1 came back, 1 of them from damage; evenly drawn');
  t.match(
    chartOf(givenSpan('x', { forks: { cameBack: 1 } })),
    'Tried in machines: 1, 1 of them only in forks; 1 came back',
  );
});

t.test('a span in which nothing was found says how much of it was looked at', async (t) => {
  const { boots } = givenSpan();
  const fine = { failureCount: 0, failures: [], boots: { ...boots, tried: 0 } };
  const chart = chartOf(
    givenSpan('x', { ...fine, witnesses: { judged: 18, damaged: 0, lost: 0, uniform: { text: '' } } }),
  );
  t.match(chart, '\u2713 Nothing that is not legal: 18 of 20 states looked at, 0 tried in machines');
  t.match(chart, 'No machine was switched on.');
});

t.test('what is not legal leads to what was found and to the command', async (t) => {
  const chart = chartOf(givenSpan());
  t.match(chart, '\u2717 1 state that a power cut may leave is not legal');
  const [, target] =
    /<a class="failed-cut" href="#([^"]+)"><title>1 state not legal\. entry 6, then cut 7/.exec(chart)!;
  t.match(chart, `<li id="${target}"><code>7:lost=6</code> ASSAY READY`);
  t.equal(partsOf(chart, 'failure-band'), 1);
  t.match(chart, '<a href="#power-cuts">Power cuts</a>');
  const link = '<a href="#power-cuts">The time line of its power cuts</a>';
  t.equal(chart.split(link).length, 2, 'a scenario that passed leads to it');
  const failed = folded([
    [0, started('one')],
    [1, { kind: 'scenario-ended', scenarioId: 'one', outcome: 'failed' }],
    [2, runEnded({ failed: 1 })],
  ]);
  t.equal(chartOfRun(failed).split(link).length, 2, 'and one that failed, once');
});

t.test('a failure that is not in the list, or is of no cut, is not lost', async (t) => {
  const chart = chartOf(
    givenSpan('x', { failures: [{ state: 'nonsense', why: 'w', command: 'c' }], failureCount: 30 }),
  );
  t.match(chart, /<g class="failed-cut" [^>]*><title>1 state not legal/);
  t.notMatch(chart, '<a class="failed-cut"', 'what is of no cut is not drawn at one');
  t.match(chart, 'the first 1 of 30');
  t.match(chart, '<code>nonsense</code>');
});

t.test('a span of a long log has columns of several entries, and says so', async (t) => {
  const given = givenSpan();
  const timeLine = { ...given.timeLine!, entriesPerColumn: 400, points: 4_801 };
  const chart = chartOf({ ...given, timeLine });
  t.match(chart, 'entries 0 to 399, a cut after each: 1 write of 4 KiB');
  t.match(chart, '400 entries of the log in each column');
  t.match(chart, 'each column: 400 entries of the log, and the cut after each of them');
});

t.test('many spans do not swell the page: those with a failure are drawn first', async (t) => {
  const fine = givenSpan('fine', { failureCount: 0, failures: [] });
  const columns = Array.from({ length: 320 }, () => fine.timeLine!.columns[2]!);
  const wide = { ...fine, timeLine: { ...fine.timeLine!, points: 320, columns } };
  const page = chartOf(...Array.from({ length: 40 }, () => wide), givenSpan('broken'));
  t.equal(page.match(/<div class="time-line cut-chart"/g)?.length, 8);
  t.match(page, '<desc id="cuts-41-chart-words">');
  t.equal(page.match(/Not drawn, to keep the page small/g)?.length, 33);
  t.ok(page.length < 1_500_000, `${page.length} characters`);
});

t.test('an exploration that cannot be drawn is told of', async (t) => {
  const { timeLine: _, ...old } = givenSpan();
  t.match(chartOf(old), 'There is no time line that this Assay can draw');
  t.match(chartOf(old), 'id="cuts-1-failure-1"');
  t.match(pageOf({ path: 'explore.json', trouble: 'it is torn' }), 'cannot be read: it is torn');
  t.match(chartOf(), 'It ended before a state was tried');
  t.notMatch(htmlReport(run), 'id="power-cuts"');
});

for (const [what, text] of Object.entries(hostileTexts)) {
  t.test(`${what} in every text of an exploration`, async (t) => {
    const content = chartOf(givenSpan(text));
    t.ok(content.length < 1_000_000, `${content.length} characters`);
    t.notMatch(content, /<script|<x|<!--/, 'nothing that it brings is an element');
    t.notMatch(content, /[^\P{Cc}\n]|\p{Cf}/u, 'nothing that moves the cursor or turns the direction');
    t.notMatch(content, /\sstyle="|\son[a-z]+="/, 'nothing that the policy forbids');
    t.ok(content.isWellFormed());
  });
}
