import t from 'tap';
import { jsonReport } from './json-report.ts';
import { summariseRun } from './run-summary.ts';
import { folded, runEnded } from './test-data/folded.ts';
import { sampleEvents } from './test-data/sample-run.ts';

t.test('the JSON report is the model, with version, counts and times', async (t) => {
  const run = summariseRun({ events: sampleEvents });
  const { reportVersion, counts, timeSpent, ...rest } = JSON.parse(jsonReport(run));
  t.equal(reportVersion, 1);
  t.strictSame(counts, { passed: 1, failed: 1, errored: 1, skipped: 1, flaky: 0 });
  t.match(timeSpent, { wallMs: 8500, categories: [{ category: 'wait', durationMs: 6900 }] });
  t.strictSame(rest, JSON.parse(JSON.stringify(run)));
});

t.test('it can stand in a script element', async (t) => {
  const text = '</script><!--\u2028';
  const report = jsonReport(
    folded([
      [0, { kind: 'note', text }],
      [1, runEnded()],
    ]),
  );
  t.notMatch(report, /[<\u2028\u2029]/);
  t.equal(JSON.parse(report).outside.notes[0].text, text);
});
