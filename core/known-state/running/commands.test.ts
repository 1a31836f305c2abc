import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { writeBootStatus } from './boot-status.ts';
import { commandExitCodes, runCommand } from './commands.ts';
import { type FakeRunning, fakeRunning, packOf } from './fixtures/running-machine.ts';

async function run(t: Test, running: FakeRunning, words: readonly string[]) {
  const out = t.capture(process.stdout, 'write', () => true);
  const err = t.capture(process.stderr, 'write', () => true);
  try {
    const code = await runCommand(words, async () => running.system);
    const text = (calls: readonly { args: readonly unknown[] }[]) =>
      calls.map(({ args }) => String(args[0])).join('');
    return { code, out: text(out()), err: text(err()) };
  } finally {
    out.restore();
    err.restore();
  }
}

t.test('the status, for people and for programs', async (t) => {
  const running = fakeRunning(t.testdir({}), 'system-2', { 'system-2': ['Clean', ''] });
  await writeBootStatus(running.system, 'up', { data: { data: 'mounted' } });
  writeFileSync(
    join(running.folder, 'data/events.jsonl'),
    '{"time":"2026-11-21T08:00:00.000Z","event":"up","text":"system-2 is up"}\n',
  );
  const { code, out } = await run(t, running, ['status']);
  t.equal(code, 0);
  const lines = out.split('\n');
  t.match(lines, [
    /^running from system-2, version 1\.0; up since /,
    '  system-1  Dirty    2026-11-21T08:00:00.000Z  did not finish booting',
    '  system-2  Clean    2026-11-21T08:00:00.000Z',
    '  data      mounted',
    'last events:',
    '  2026-11-21T08:00:00.000Z  up  system-2 is up',
  ]);
  const json = await run(t, running, ['status', '--json']);
  t.match(JSON.parse(json.out), {
    ...{ running: 'system-2', version: '1.0', service: { stage: 'up' }, problems: [] },
    states: { partitions: { 'system-1': { state: 'Dirty' } } },
    events: [{ event: 'up' }],
  });
});

t.test('states that nobody holds, and a service that has not run', async (t) => {
  const running = fakeRunning(t.testdir({}));
  for (const { offsetBytes, states } of running.partitions) {
    running.disk.content.fill(
      0,
      offsetBytes + states.offsetBytes,
      offsetBytes + states.offsetBytes + states.lengthBytes,
    );
  }
  const { code, out } = await run(t, running, ['status']);
  t.equal(code, 0);
  t.match(out, /the service has not run\n {2}system-1 {2}unknown\n/);
  t.match(out, /system-2: it holds no valid copy/);
});

t.test('wrong words', async (t) => {
  const running = fakeRunning(t.testdir({}));
  const wrong: Record<string, RegExp> = {
    '': /no command ""/,
    stauts: /no command "stauts"/,
    toString: /no command "toString"/,
    'status --xml': /takes only --json/,
    fail: /needs a reason/,
    'reset now': /takes no words/,
    'repair --all': /no option --all/,
    update: /needs PACK/,
    'update --to system-1': /needs PACK/,
    'update a b': /needs PACK/,
  };
  for (const [words, message] of Object.entries(wrong)) {
    const { code, err } = await run(t, running, words === '' ? [] : words.split(' '));
    t.equal(code, commandExitCodes.usage, words);
    t.match(err, message, words);
    t.match(err, /known-state status \[--json\]/, 'with what there is');
  }
  t.same(running.disk.writes, []);
});

t.test('an update, with --to at either end, and one that is refused', async (t) => {
  const running = fakeRunning(t.testdir({}), 'system-1', { 'system-1': ['Clean', ''] });
  const pack = await packOf(join(running.folder, 'pack'), '1.1', ['system-2']);
  for (const words of [
    ['--to', 'system-2', pack],
    [pack, '--to', 'system-2'],
  ]) {
    const { code, out } = await run(t, running, ['update', ...words]);
    t.equal(code, 0);
    t.match(out, /system-2 holds version 1\.1; a restart starts it/);
  }
  const { code, err } = await run(t, running, ['update', pack]);
  t.equal(code, commandExitCodes.failed);
  t.match(err, /^known-state: the update is not written; nothing was changed/);
  t.match(err, /to do: .*repair.*\(KNOWN_STATE_UPDATE_REFUSED\)\n$/);
});
