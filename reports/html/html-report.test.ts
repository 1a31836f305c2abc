import { createHash } from 'node:crypto';
import t from 'tap';
import { summariseRun } from '../run-summary.ts';
import { folded, passed, runEnded, started } from '../test-data/folded.ts';
import { hostileRun } from '../test-data/hostile-run.ts';
import { hostileTexts } from '../test-data/hostile-texts.ts';
import { sampleEvents } from '../test-data/sample-run.ts';
import { htmlReport } from './html-report.ts';
import { pageAssets } from './page-assets.ts';
import { type ConsoleMaterial, noMaterial } from './report-material.ts';

const run = summariseRun({ events: sampleEvents });

/** The page without its own scripts and styles. */
function contentOf(page: string): string {
  return page.replaceAll(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, '');
}

t.test('failures come first, those of the product before all others', async (t) => {
  const page = contentOf(htmlReport(run));
  const order = [
    '1 failed, 1 errored',
    'id="failure-2"',
    'id="failure-4"',
    'id="scenario-1"',
    'Where the time went',
  ];
  const places = order.map((text) => page.indexOf(text));
  t.notOk(places.includes(-1), `all are there: ${places}`);
  t.strictSame(
    [...places].sort((one, other) => one - other),
    places,
  );
  t.match(page, 'the product broke');
  t.match(page, 'ASSAY READY within 5 s');
  t.match(page, './assay run damaged-root-recovers --seed 7');
  t.match(page, 'the host broke');
  t.match(page, 'needs 8 GiB of memory # now');
});

t.test('the policy of the page allows what is in it, and nothing else', async (t) => {
  const page = htmlReport(run);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
  const inPage = [...page.matchAll(/<(script|style)\b([^>]*)>([\s\S]*?)<\/\1>/g)];
  t.equal(inPage.length, 4);
  for (const [, , , text = ''] of inPage) {
    t.match(policy, createHash('sha256').update(text).digest('base64'));
  }
  t.match(policy, /^default-src 'none'; /);
  t.notMatch(policy, /'unsafe-|https?:|\*/);
  t.notMatch(contentOf(page), /\sstyle="|\son[a-z]+="/, 'nothing that it forbids');
});

t.test('what is carried along ends no element that it lies in', async (t) => {
  const { script, playerScript, style, playerStyle } = pageAssets();
  for (const text of [script, playerScript]) t.notMatch(text, /<\/script|<!--/i);
  for (const text of [style, playerStyle]) t.notMatch(text, /<\/style/i);
});

t.test('a failed attempt is kept when a later one passed', async (t) => {
  const page = htmlReport(
    folded([
      [0, started('one')],
      [1, { kind: 'scenario-ended', scenarioId: 'one', outcome: 'failed', reason: 'the first try' }],
      [2, { kind: 'scenario-started', scenarioId: 'two', name: 'one', file: 'x.ts', attempt: 2 }],
      [3, passed('two')],
      [4, runEnded({ flaky: 1 })],
    ]),
  );
  t.match(page, 'id="failure-1"');
  t.match(page, 'the first try');
  t.match(page, 'tried again afterwards');
  t.match(contentOf(page), /flaky/);
});

t.test('a recording stands in the page as base64, and as nothing else', async (t) => {
  const console: ConsoleMaterial = {
    ...{ machine: 'beta', port: 'console', startedAtMs: 3_400, durationMs: 5_000 },
    recording: 'QUJD</script><script>alert(1)</script>',
    omitted: { sizeBytes: 50_000_000, fromMs: 1_000, untilMs: 2_000 },
    files: [{ what: 'log', href: 'scenarios/b/beta/console.log', sizeBytes: 50_000_000 }],
  };
  const page = htmlReport(run, new Map([['b', { ...noMaterial, consoles: [console] }]]));
  t.notMatch(page, '<script>alert');
  t.match(page, '47.7 MiB of the recording are not in it');
  t.match(page, 'href="./scenarios/b/beta/console.log"');
  t.match(page, 'data-seek="4.650"', 'the time-out is sought at its own moment');
});

t.test('a scenario with very many events has the first and the last of them in the page', async (t) => {
  const checks = Array.from({ length: 5_000 }, (_, index) => [
    index + 1,
    { kind: 'check' as const, scenarioId: 'one', what: `check-${index}`, passed: true },
  ]) as [number, { kind: 'check'; scenarioId: string; what: string; passed: boolean }][];
  const page = htmlReport(
    folded([[0, started('one')], ...checks, [9_000, passed('one')], [9_001, runEnded({ passed: 1 })]]),
  );
  t.match(page, 'check-0<');
  t.match(page, 'check-4999<');
  t.notMatch(page, 'check-2500<');
  t.match(page, '4600 more in events.jsonl');
});

for (const [what, text] of Object.entries(hostileTexts)) {
  t.test(`${what} in every text of a run`, async (t) => {
    const page = htmlReport(summariseRun({ events: hostileRun(text) }));
    t.ok(page.length < 1_500_000, `${page.length} characters`);
    const content = contentOf(page);
    t.equal(page.match(/<script/g)?.length, 2, 'the page has its own scripts');
    t.notMatch(content, /[^\P{Cc}\n]|\p{Cf}/u, 'nothing that moves the cursor or turns the direction');
    t.ok(content.isWellFormed());
    t.notMatch(content, /href="(?!#|\.\/|file:\/\/\/)/, 'no link leads anywhere else');
  });
}
