import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { readBoundedRecording } from './bounded-recording.ts';
import { packRecording } from './pack-recording.ts';

type Event = [seconds: number, code: string, data: string];

function castOf(t: { testdir(): string }, events: Event[], end = ''): string {
  const path = join(t.testdir(), 'console.cast');
  const lines = [
    JSON.stringify({ version: 2, width: 80, height: 24 }),
    ...events.map((event) => JSON.stringify(event)),
  ];
  writeFileSync(path, `${lines.join('\n')}\n${end}`);
  return path;
}

function unpacked(recording: string): unknown[] {
  const text = gunzipSync(Buffer.from(recording, 'base64')).toString();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

/** A flood that cannot be compressed to much less than it is. */
function flood(bursts: number, burstBytes: number): Event[] {
  const noise = Array.from(
    { length: bursts },
    (_, index): Event => [index + 1, 'o', randomBytes(burstBytes).toString('base64')],
  );
  return [[0, 'o', 'BEGIN'], ...noise, [bursts + 1, 'o', 'END']];
}

t.test('a small recording is whole, without what was typed', async (t) => {
  const path = castOf(t, [
    [0.5, 'm', 'power on'],
    [1, 'o', 'a'],
    [2, 'i', 'typed'],
    [3, 'o', 'b\u0000\ud800'],
  ]);
  const { recording, durationMs, omitted } = await packRecording(path, 100_000);
  t.strictSame(unpacked(recording), [
    { version: 2, width: 80, height: 24 },
    [0.5, 'm', 'power on'],
    [1, 'o', 'a'],
    [3, 'o', 'b\u0000\ud800'],
  ]);
  t.equal(durationMs, 3_000);
  t.equal(omitted, undefined);
});

t.test('of a flood the beginning and the end are kept, within what is allowed', async (t) => {
  const path = castOf(t, flood(200, 30_000));
  const { recording, omitted, durationMs } = await packRecording(path, 40_000);
  t.ok(recording.length <= 40_000, `${recording.length} characters`);
  const events = unpacked(recording) as Event[];
  t.strictSame(events[1], [0, 'o', 'BEGIN']);
  t.strictSame(events.at(-1), [201, 'o', 'END']);
  t.match(
    events
      .slice(1)
      .map(([, , data]) => data)
      .join('\n'),
    /\[about 7\.\d MiB of this console are not in the report\]/,
  );
  t.ok(omitted!.sizeBytes > 7_000_000 && omitted!.untilMs >= omitted!.fromMs);
  t.equal(durationMs, 201_000);
});

t.test('one burst that is larger than what is allowed keeps its ends', async (t) => {
  const path = castOf(t, [
    [1, 'o', `BEGIN${'x'.repeat(300_000)}`],
    [2, 'o', `${randomBytes(200_000).toString('base64')}END`],
  ]);
  const { recording } = await packRecording(path, 4_000);
  const text = JSON.stringify(unpacked(recording));
  t.match(text, /BEGIN/);
  t.match(text, /END/);
});

t.test('memory is bounded, whatever the file has', async (t) => {
  const path = castOf(t, flood(1_500, 32_000));
  const { head, tail, omittedBytes } = await readBoundedRecording(path, 100_000);
  const kept = [...head, ...tail].reduce((sum, [, , data]) => sum + data.length, 0);
  t.ok(kept <= 100_000, `${kept} of 64 MB are held`);
  t.ok(omittedBytes > 60_000_000);
});

t.test('what a killed runner or a hostile hand leaves is no event', async (t) => {
  const path = castOf(
    t,
    [[1, 'o', 'a']],
    'null\n[1]\n["1","o","x"]\n[1e999,"o","x"]\n[2,"r","9x9"]\n{"a":1}\n[3,"o","torn',
  );
  t.match(await readBoundedRecording(path, 100_000), { head: [[1, 'o', 'a']], tail: [], omittedBytes: 0 });
  const empty = join(
    t.testdir({ 'empty.cast': '', 'huge.cast': '{"width":99999999,"height":-1}\n' }),
    'empty.cast',
  );
  t.match(await readBoundedRecording(empty, 100), {
    head: [],
    tail: [],
    width: 132,
    height: 40,
    durationMs: 0,
  });
  const huge = await readBoundedRecording(empty.replace('empty', 'huge'), 100);
  t.match(huge, { width: 132, height: 40 }, 'no terminal of a million columns');
});
