import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Deadline } from './deadline.ts';

t.test('work that ends in time gives its result, or its error', async (t) => {
  const deadline = Deadline.after(60_000);
  t.equal(await deadline.race(Promise.resolve(7), 'work'), 7);
  await t.rejects(deadline.race(Promise.reject(new Error('its own')), 'work'), { message: 'its own' });
  t.notOk(deadline.expired);
});

t.test('work that does not end is given up, by name', async (t) => {
  const never = new Promise(() => {});
  await t.rejects(Deadline.after(5).race(never, 'wait for nothing'), {
    code: 'FOUNDATION_DEADLINE_EXCEEDED',
    facts: { tried: 'wait for nothing', expected: 'an end within 5 ms' },
  });
  await t.rejects(
    Deadline.after(5).race(never, 'x', () => new Error('of the caller')),
    { message: 'of the caller' },
  );
});

t.test('a deadline that has passed gives no more time', async (t) => {
  const deadline = Deadline.after(1);
  await sleep(20);
  t.equal(deadline.remainingMs, 0);
  t.ok(deadline.expired);
  await t.rejects(deadline.race(sleep(60_000, undefined, { ref: false }), 'late'), {
    code: 'FOUNDATION_DEADLINE_EXCEEDED',
  });
});

t.test('a part of it is never longer than the whole', async (t) => {
  const deadline = Deadline.after(60_000);
  t.equal(deadline.within(10).totalMs, 10);
  t.ok(deadline.within(120_000).totalMs <= 60_000);
});
