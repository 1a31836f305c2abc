import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { EventLog } from './event-log.ts';
import { readEventLog } from './event-log-reader.ts';
import { sampleFacts } from './test-data/sample-run.ts';

// Without tap's own loader, which writes files of its own when the child ends.
const childEnv = { ...process.env, NODE_OPTIONS: '' };
const facts = JSON.stringify(sampleFacts);
const eventLogUrl = new URL('./event-log.ts', import.meta.url).href;

function clocks(...times: number[]) {
  return { monotonicMs: () => times.shift() ?? 0, wallClock: () => new Date('2026-01-02T03:04:05Z') };
}

t.test('what is appended is read back, with times since the start', async (t) => {
  const path = join(t.testdir(), 'made', 'as', 'needed', 'events.jsonl');
  using log = EventLog.create(path, sampleFacts, clocks(1000, 1000.5, 1002, 1010));
  const note = log.append({ kind: 'note', text: 'one' });
  const ended = log.append({
    kind: 'run-ended',
    counts: { passed: 0, failed: 0, errored: 0, skipped: 0 },
    interrupted: false,
  });
  log.close();
  t.strictSame(note, { kind: 'note', atMs: 2, level: 'info', text: 'one' });
  const { events, tornLine } = await readEventLog(path);
  t.strictSame(events, [log.firstEvent, note, ended]);
  t.equal(tornLine, undefined);
  t.match(events[0], {
    kind: 'run-started',
    schemaVersion: 1,
    startedAt: '2026-01-02T03:04:05.000Z',
    atMs: 0.5,
  });
});

t.test('every event is a whole line in the file as soon as append returns', async (t) => {
  const path = join(t.testdir(), 'events.jsonl');
  using log = EventLog.create(path, sampleFacts);
  for (let count = 2; count < 20; count += 1) {
    log.append({ kind: 'note', text: 'line\nfeeds\r\nin the text' });
    const lines = readFileSync(path, 'utf8').split('\n');
    t.equal(lines.length, count + 1);
    t.equal(lines.at(-1), '');
  }
});

t.test('time never goes back, whatever the clock says', async (t) => {
  const path = join(t.testdir(), 'events.jsonl');
  using log = EventLog.create(path, sampleFacts, clocks(0, 0, 500, 400));
  log.append({ kind: 'note', text: 'one' });
  t.equal(log.append({ kind: 'note', text: 'two' }).atMs, 500);
});

t.test('an event that does not follow the schema is refused and leaves no trace', async (t) => {
  const path = join(t.testdir(), 'events.jsonl');
  using log = EventLog.create(path, sampleFacts);
  const wrong = { kind: 'measure', name: 'x', value: Number.NaN, unit: 's' } as const;
  t.throws(() => log.append(wrong), { code: 'REPORTS_EVENT_INVALID', message: /measure[\s\S]*value/ });
  log.append({ kind: 'note', text: 'after' });
  t.match((await readEventLog(path)).events, [{ kind: 'run-started' }, { text: 'after' }]);
});

t.test('a log that exists is neither continued nor overwritten', async (t) => {
  const path = join(t.testdir({ 'events.jsonl': 'precious' }), 'events.jsonl');
  t.throws(() => EventLog.create(path, sampleFacts), { code: 'REPORTS_LOG_WRITE_FAILED' });
  t.equal(readFileSync(path, 'utf8'), 'precious');
});

t.test('after close, append says so and close does nothing', async (t) => {
  const log = EventLog.create(join(t.testdir(), 'events.jsonl'), sampleFacts);
  log.close();
  log.close();
  t.throws(() => log.append({ kind: 'note', text: 'late' }), { code: 'REPORTS_LOG_CLOSED' });
});

t.test('a runner killed with -9 in the middle of a flood of events loses at most the last', async (t) => {
  const path = join(t.testdir(), 'events.jsonl');
  const script = `
    const { EventLog } = await import(${JSON.stringify(eventLogUrl)});
    const log = EventLog.create(${JSON.stringify(path)}, ${facts});
    for (let count = 1; ; count += 1) {
      log.append({ kind: 'note', text: String(count) + 'x'.repeat(5000) });
      if (count % 50 === 0) process.stdout.write(count + '\\n');
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: childEnv,
  });
  let said = '';
  for await (const bytes of child.stdout) {
    said += bytes;
    if (said.split('\n').length > 5) child.kill('SIGKILL');
  }
  const lastSaid = Number(said.trim().split('\n').at(-1));
  const { events } = await readEventLog(path);
  t.ok(lastSaid >= 200);
  t.ok(events.length - 1 >= lastSaid, 'all events that were appended before the kill are there');
  const numbers = events
    .slice(1)
    .map((event) => (event.kind === 'note' ? Number.parseInt(event.text, 10) : 0));
  t.strictSame(
    numbers,
    numbers.map((_, index) => index + 1),
    'none is missing in between',
  );
});

t.test(
  'a disk that is full in the middle of a line: an error, no torn line, later events are whole',
  async (t) => {
    const folder = t.testdir();
    const path = join(folder, 'events.jsonl');
    const script = join(folder, 'fill.mjs');
    // The limit on file sizes makes the kernel write a part and then refuse, as a full disk does.
    writeFileSync(
      script,
      `const { EventLog } = await import(${JSON.stringify(eventLogUrl)});
    process.on('SIGXFSZ', () => {});
    const log = EventLog.create(${JSON.stringify(path)}, ${facts});
    try {
      log.append({ kind: 'note', text: 'x'.repeat(7000) });
      console.log('no error');
    } catch (error) {
      console.log(error.code, error.cause.code);
    }
    log.append({ kind: 'note', text: 'short' });`,
    );
    const child = spawnSync('bash', ['-c', 'ulimit -f 4; exec "$0" "$1"', process.execPath, script], {
      encoding: 'utf8',
    });
    t.equal(child.stdout, 'REPORTS_LOG_WRITE_FAILED EFBIG\n');
    t.match(await readEventLog(path), {
      events: [{ kind: 'run-started' }, { text: 'short' }],
      tornLine: undefined,
    });
  },
);
