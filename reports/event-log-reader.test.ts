import { join } from 'node:path';
import t from 'tap';
import { parseEventLog, readEventLog } from './event-log-reader.ts';
import { sampleEvents } from './test-data/sample-run.ts';

const lines = sampleEvents.slice(0, 4).map((event) => JSON.stringify(event));
const whole = Buffer.from(`${lines.join('\n')}\n`);

function withLine(number: number, line: string | Buffer): Buffer {
  const parts = lines.map((text, index) => (index === number - 1 ? Buffer.from(line) : Buffer.from(text)));
  return Buffer.concat(parts.flatMap((part) => [part, Buffer.from('\n')]));
}

t.test("a run's folder stands for its event log", async (t) => {
  const folder = t.testdir({ 'events.jsonl': whole });
  t.strictSame((await readEventLog(folder)).events, sampleEvents.slice(0, 4));
  t.strictSame(await readEventLog(join(folder, 'events.jsonl')), await readEventLog(folder));
});

t.test('a last line torn at any byte is left out and named', async (t) => {
  const lastStart = whole.length - Buffer.byteLength(lines.at(-1)!) - 1;
  for (let end = lastStart + 1; end < whole.length; end += 1) {
    const { events, tornLine } = parseEventLog(whole.subarray(0, end), 'log');
    t.equal(events.length, 3);
    t.strictSame(tornLine, { lineNumber: 4, sizeBytes: end - lastStart });
  }
  t.equal(parseEventLog(whole.subarray(0, lastStart), 'log').tornLine, undefined);
});

t.test('a tail of zeros, as a host that lost power leaves it, is a torn line', async (t) => {
  const { events, tornLine } = parseEventLog(Buffer.concat([whole, Buffer.alloc(4096)]), 'log');
  t.equal(events.length, 4);
  t.strictSame(tornLine, { lineNumber: 5, sizeBytes: 4096 });
});

t.test('a damaged line that is not torn is an error with its number', async (t) => {
  const early = JSON.stringify({ kind: 'note', atMs: 0, level: 'info', text: 'x' });
  const damages: Record<string, [number, string | Buffer]> = {
    'cut short': [2, lines[1]!.slice(0, -5)],
    empty: [3, ''],
    'not UTF-8': [3, Buffer.from(lines[2]!.replace('boots', 'b\u00ffots'), 'latin1')],
    'a changed kind': [2, lines[1]!.replace('scenario-started', 'scenario-startex')],
    'another run begins': [3, lines[0]!],
    'time goes back': [4, early],
    'no beginning': [1, lines[1]!],
    'the last line, whole but wrong': [4, '{}'],
  };
  for (const [what, [number, line]] of Object.entries(damages)) {
    t.throws(
      () => parseEventLog(withLine(number, line), 'log'),
      { code: 'REPORTS_LOG_DAMAGED', message: new RegExp(`log, line ${number}\\b`) },
      what,
    );
  }
});

t.test('a log of a newer Assay is refused as such, whatever else is in it', async (t) => {
  const newer = withLine(1, '{"kind":"run-begun","schemaVersion":2,"unheard":true}');
  t.throws(() => parseEventLog(newer, 'log'), {
    code: 'REPORTS_LOG_NEWER',
    message: /expected: schema version 1 or lower\n {2}got: {6}schema version 2/,
  });
});

t.test('a log without a whole event, and no log at all', async (t) => {
  t.throws(() => parseEventLog(Buffer.alloc(0), 'log'), { code: 'REPORTS_LOG_EMPTY' });
  t.throws(() => parseEventLog(whole.subarray(0, 10), 'log'), { code: 'REPORTS_LOG_EMPTY' });
  await t.rejects(readEventLog(join(t.testdir(), 'nowhere')), { code: 'REPORTS_LOG_UNREADABLE' });
});
