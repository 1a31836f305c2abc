import { setImmediate } from 'node:timers/promises';
import t from 'tap';
import { ResourceBudget } from './resource-budget.ts';

const never = new AbortController().signal;

/** Asks for a share and says whether it was granted by now. */
async function ask(budget: ResourceBudget, memoryMiB: number, cpus = 1, signal = never) {
  const state: { granted?: Disposable; refused?: unknown } = {};
  budget.reserve({ memoryMiB, cpus }, signal).then(
    (share) => {
      state.granted = share;
    },
    (error) => {
      state.refused = error;
    },
  );
  await setImmediate();
  return state;
}

t.test('memory is never promised twice, and comes back', async (t) => {
  const budget = new ResourceBudget(64, () => 1000);
  const first = await ask(budget, 600);
  const second = await ask(budget, 600);
  t.ok(first.granted);
  t.notOk(second.granted);
  first.granted![Symbol.dispose]();
  await setImmediate();
  t.ok(second.granted);
});

t.test('whoever asks first is served first', async (t) => {
  const budget = new ResourceBudget(64, () => 1000);
  const running = await ask(budget, 600);
  const large = await ask(budget, 900);
  const small = await ask(budget, 10);
  t.notOk(small.granted, 'the small one does not overtake');
  running.granted![Symbol.dispose]();
  await setImmediate();
  t.ok(large.granted && small.granted);
});

t.test('memory that others take meanwhile counts', async (t) => {
  let freeMiB = 1000;
  const budget = new ResourceBudget(64, () => freeMiB);
  const first = await ask(budget, 100);
  freeMiB = 50;
  const second = await ask(budget, 100);
  t.notOk(second.granted);
  freeMiB = 1000;
  first.granted![Symbol.dispose]();
  await setImmediate();
  t.ok(second.granted);
});

t.test('what can never fit is refused, and holds nobody up', async (t) => {
  const budget = new ResourceBudget(64, () => 1000);
  t.match(await ask(budget, 1001), {
    refused: { code: 'HARNESS_MEMORY_SHORT', facts: { expected: /1001 MiB/ } },
  });
  t.ok((await ask(budget, 1000)).granted);
});

t.test('one that needs next to nothing still counts as running', async (t) => {
  let freeMiB = 0;
  const budget = new ResourceBudget(1, () => freeMiB);
  const first = await ask(budget, 0, 0);
  freeMiB = -1;
  const next = await ask(budget, 0, 0);
  t.ok(first.granted);
  t.notOk(next.granted ?? next.refused, 'it waits for the first to end');
});

t.test('cores are shared; more than there are means all of them', async (t) => {
  const budget = new ResourceBudget(64, () => 1000);
  const all = await ask(budget, 1, 10_000);
  const one = await ask(budget, 1);
  t.ok(all.granted);
  t.notOk(one.granted);
  all.granted![Symbol.dispose]();
  await setImmediate();
  t.ok(one.granted);
});

t.test('an abort ends the waiting', async (t) => {
  const budget = new ResourceBudget(64, () => 1000);
  const aborter = new AbortController();
  const first = await ask(budget, 1000);
  const waiting = await ask(budget, 1, 1, aborter.signal);
  aborter.abort(new Error('enough'));
  await setImmediate();
  t.match(waiting, { refused: { message: 'enough' } });
  first.granted![Symbol.dispose]();
  t.match(await ask(budget, 1, 1, aborter.signal), { refused: { message: 'enough' } });
});
