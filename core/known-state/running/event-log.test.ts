import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { appendEvent, readEvents } from './event-log.ts';
import type { SystemEvent } from './system-event.ts';

function event(text: string, time = '2026-11-21T08:00:00.000Z'): SystemEvent {
  const machine = { host: 'box', serial: null };
  return { time, machine, event: 'problem', running: 'system-1', version: '1.0', text };
}

t.test('the first place that can be written is taken; both are read, by time', async (t) => {
  const folder = t.testdir({ file: 'no folder' });
  const [bad, data, memory] = ['file/events', 'data/events', 'run/events'].map((path) =>
    join(folder, path),
  ) as [string, string, string];
  t.equal(await appendEvent(event('late', '2026-11-21T09:00:00.000Z'), [bad, memory]), memory);
  t.equal(await appendEvent(event('early'), [data, memory]), data);
  t.equal(await appendEvent(event('nowhere'), [bad]), null);
  t.match(await readEvents([bad, memory, data], 10), [{ text: 'early' }, { text: 'late' }]);
  t.match(await readEvents([data, memory], 1), [{ text: 'late' }]);
});

t.test('half a line, and one that is no event, are passed over', async (t) => {
  const path = join(t.testdir({}), 'events');
  await appendEvent(event('whole'), [path]);
  appendFileSync(path, 'null\n17\n{"time":"2026');
  t.match(await readEvents([path], 10), [{ text: 'whole' }]);
  t.equal((await readEvents([path], 10)).length, 1);
});

t.test('a log that has grown long begins anew, and the old one is kept', async (t) => {
  const path = join(t.testdir({}), 'events');
  writeFileSync(path, 'x'.repeat(1024 ** 2));
  await appendEvent(event('new'), [path]);
  t.equal(readFileSync(path, 'utf8').split('\n').length, 2);
  t.ok(existsSync(`${path}.1`));
});
