import t from 'tap';
import { type Waits, waitOrder } from './wait-order.ts';

function orderOf(waits: Record<string, Waits>): Record<string, string> {
  const steps = Object.entries(waits).map(([name, value]) => ({ name, waits: value }));
  return Object.fromEntries(waitOrder(steps).map((order, index) => [steps[index]!.name, order.join(' ')]));
}

t.test('true is all that stand before', async (t) => {
  t.same(orderOf({ a: true, b: true, c: true }), { a: '', b: 'a', c: 'a b' });
});

t.test('false is what the step before waits for', async (t) => {
  t.same(orderOf({ a: false, b: false }), { a: '', b: '' });
  t.same(orderOf({ a: true, b: true, c: false, d: false }), { a: '', b: 'a', c: 'a', d: 'a' });
  t.same(orderOf({ a: true, b: false, c: ['a'], d: false }), { a: '', b: '', c: 'a', d: 'a' });
});

t.test('names are these and what they wait for', async (t) => {
  t.same(orderOf({ a: true, b: false, c: ['b'], d: ['c'] }), { a: '', b: '', c: 'b', d: 'b c' });
  t.same(orderOf({ a: true, b: true, c: [] }), { a: '', b: 'a', c: '' });
});
