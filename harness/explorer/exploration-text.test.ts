import t from 'tap';
import { explorationSchema } from '../../reports/index.ts';
import { exploration, givenSpan } from '../../reports/test-data/explored-span.ts';
import { explorationText } from './exploration-text.ts';
import { type SpanReport, spanReportText } from './span-report.ts';

/** Reports as the explorer makes them, but for what no reader of a page asks for. */
function reports(count: number): SpanReport[] {
  const { spans } = exploration(
    ...Array.from({ length: count }, () => givenSpan('</script>\u001b[2J "quoted"')),
  );
  return spans as unknown as SpanReport[];
}

t.test('an older reader reads what it always read', async (t) => {
  for (const count of [0, 1, 3]) {
    const spans = reports(count);
    const withoutTimeLines = spans.map(({ timeLine: _, ...span }) => span);
    const before = JSON.parse(JSON.stringify({ version: 1, seed: 'a "seed"', spans: withoutTimeLines }));
    const { spans: read, ...rest } = JSON.parse(explorationText('a "seed"', spans));
    t.strictSame({ ...rest, spans: read.map(({ timeLine: _, ...span }: SpanReport) => span) }, before);
    t.strictSame(
      JSON.parse(explorationText('a "seed"', withoutTimeLines)),
      before,
      'also of spans without one',
    );
  }
});

t.test('a time line stands in one line, without what is zero, and comes back whole', async (t) => {
  const [span] = reports(1);
  const text = explorationText('seven', [span!]);
  const lines = text.split('\n').filter((line) => line.includes('"columns"'));
  t.equal(lines.length, 1);
  t.notMatch(lines[0], /"(states|fua|notLegal|flushes)":0\b/);
  t.strictSame(explorationSchema.parse(JSON.parse(text)).spans[0]!.timeLine, span!.timeLine);
});

t.test('the summary has the time line as a strip that fits into a terminal', async (t) => {
  const [span] = reports(1);
  const whole = {
    ...span!,
    witnesses: { ...span!.witnesses, seconds: 1 },
    boots: { ...span!.boots, seconds: 1 },
  };
  const text = spanReportText([whole] as SpanReport[]);
  const strip = text.split('\n').filter((line) => /^ {2}(writes|flushes|promised|cuts) /.test(line));
  t.strictSame(strip, [
    `  writes        ▅▅▁ █ ██ ▅▅█`,
    `  flushes          |    |`,
    `  promised     !    !`,
    `  cuts         .......X~. ..`,
  ]);
  t.match(text, /each; X not legal; ~ got over damage\n {15}\. looked at\n/);
  const { timeLine: _, ...old } = whole;
  t.notMatch(spanReportText([old] as SpanReport[]), /promised/, 'a report without one is told as before');
});

t.test('a long time line is drawn as narrow', async (t) => {
  const [span] = reports(1);
  const { columns, ...timeLine } = span!.timeLine!;
  const many = Array.from({ length: 320 }, (_, index) => columns[index === 200 ? 7 : 1]!);
  const wide = { ...span!, timeLine: { ...timeLine, points: 320 * 9, entriesPerColumn: 9, columns: many } };
  const whole = {
    ...wide,
    witnesses: { ...span!.witnesses, seconds: 1 },
    boots: { ...span!.boots, seconds: 1 },
  };
  const strip = spanReportText([whole] as SpanReport[])
    .split('\n')
    .filter((line) => /^ {2}(writes|cuts|) {8}/.test(line));
  t.ok(
    strip.every((line) => line.length <= 80),
    strip.join('\n'),
  );
  t.match(
    strip.find((line) => line.includes('cuts')),
    /\.+X\.+$/,
    'one failure among many cuts is seen',
  );
});
