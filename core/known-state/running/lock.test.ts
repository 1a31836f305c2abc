import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { withLock } from './lock.ts';

t.test('one after the other', async (t) => {
  const path = join(t.testdir({}), 'run/lock');
  let inside = 0;
  const seen: number[] = [];
  const work = async () => {
    inside += 1;
    seen.push(inside);
    await pause(20);
    inside -= 1;
  };
  const options = { tried: 'work', waitMs: 30_000 };
  await Promise.all([1, 2, 3].map(async () => await withLock(path, options, work)));
  t.same(seen, [1, 1, 1]);
  t.notOk(existsSync(path));
});

t.test('one that is held names who holds it; one whose program is gone does not count', async (t) => {
  const path = join(t.testdir({}), 'lock');
  writeFileSync(path, String(process.pid));
  const options = { tried: 'work', waitMs: 0 };
  const facts = { got: `process ${process.pid} is at it` };
  await t.rejects(
    withLock(path, options, async () => {}),
    { code: 'KNOWN_STATE_BUSY', facts },
  );
  writeFileSync(path, '4194305');
  t.equal(await withLock(path, { ...options, waitMs: 10_000 }, async () => 'done'), 'done');
});

t.test('what fails lets go', async (t) => {
  const path = join(t.testdir({}), 'lock');
  const options = { tried: 'work', waitMs: 0 };
  const fail = async () => {
    throw new Error('no');
  };
  await t.rejects(withLock(path, options, fail), { message: 'no' });
  t.equal(await withLock(path, options, async () => 'done'), 'done');
});
