import t from 'tap';
import { Parser } from 'tap-parser';
import { create } from 'xmlbuilder2';
import { jsonReport } from './json-report.ts';
import { junitReport } from './junit-report.ts';
import { plainProgressLine } from './plain-progress.ts';
import { RunFold } from './run-fold.ts';
import { summariseRun } from './run-summary.ts';
import { tapReport } from './tap-report.ts';
import { terminalSummary } from './terminal-summary.ts';
import { hostileRun } from './test-data/hostile-run.ts';
import { hostileTexts } from './test-data/hostile-texts.ts';

// The whole of XML 1.0's Char production, negated.
const notXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;
const movesTheCursor = /[^\P{Cc}\n]|\p{Cf}/u;

for (const [what, text] of Object.entries(hostileTexts)) {
  t.test(`${what} in every text of a run`, async (t) => {
    const events = hostileRun(text);
    const run = summariseRun({ events });

    const tap = tapReport(run);
    const parser = new Parser({ strict: true });
    parser.end(tap);
    t.match(parser.results, { ok: false, count: 3, pass: 1, fail: 2, skip: 1, todo: 0, bailout: false });
    t.strictSame(
      parser.results?.failures.map(({ diag }) => diag?.outcome),
      ['failed', 'errored'],
    );
    t.notMatch(tap, movesTheCursor);

    const xml = junitReport(run);
    t.notMatch(xml, notXml);
    t.notMatch(xml, movesTheCursor);
    t.notMatch(xml, /&(?!(amp|lt|gt|quot);)/, 'no reference but to what XML itself names');
    const suites = create(xml).root().toObject() as { testsuites: { testsuite: { testcase: object[] } } };
    t.match(suites.testsuites, { '@tests': '3', '@failures': '1', '@errors': '1', '@skipped': '1' });
    t.match(suites.testsuites.testsuite.testcase, [{ failure: {} }, { error: {} }, { skipped: {} }]);

    const json = jsonReport(run);
    t.notMatch(json, '<');
    t.match(JSON.parse(json), { scenarios: JSON.parse(JSON.stringify(run.scenarios)) });

    const terminal = terminalSummary(run, { color: false });
    t.notMatch(terminal, movesTheCursor);
    t.match(terminal, /\n\n0 passed, 1 failed, 1 errored, 1 skipped\n$/);

    const fold = new RunFold(events[0]!);
    for (const [index, event] of events.entries()) {
      if (index > 0) fold.apply(event);
      t.notMatch(plainProgressLine(event, fold) ?? '', /\p{Cc}|\p{Cf}/u);
    }
  });
}
