import t from 'tap';
import type { LoadedScenario } from './load-scenarios.ts';
import { scenario, takeDeclaredScenarios } from './scenario.ts';
import { parseShard, shardOf } from './shard.ts';

function loaded(ceilingsMin: Record<string, number>): LoadedScenario[] {
  for (const [name, minutes] of Object.entries(ceilingsMin)) {
    scenario(name, { summary: 's', timeoutMs: minutes * 60_000 }, () => {});
  }
  return takeDeclaredScenarios().map((declared) => ({ scenario: declared, file: 'a.ts' }));
}

function names(selected: readonly LoadedScenario[]): string[] {
  return selected.map((one) => one.scenario.name);
}

function divide(selected: readonly LoadedScenario[], of: number): string[][] {
  return Array.from({ length: of }, (_, index) => names(shardOf(selected, { number: index + 1, of })));
}

t.test('every scenario is in one part and in no other, however many parts there are', async (t) => {
  const all = loaded({ a: 20, b: 40, c: 20, d: 30, e: 20, f: 20, g: 40 });
  for (let of = 1; of <= 9; of += 1) {
    const parts = divide(all, of);
    t.same(parts.flat().sort(), ['a', 'b', 'c', 'd', 'e', 'f', 'g'], `${of} parts`);
    t.equal(
      parts.filter((part) => part.length === 0).length,
      Math.max(0, of - 7),
      'none is empty without need',
    );
  }
});

t.test('parts take about as long as each other, by what scenarios declare', async (t) => {
  t.same(divide(loaded({ long: 40, a: 20, b: 20 }), 2), [['long'], ['a', 'b']]);
  t.same(divide(loaded({ a: 20, b: 20, c: 20, d: 20 }), 2), [
    ['a', 'c'],
    ['b', 'd'],
  ]);
});

t.test('the order of files changes nothing but the order within a part', async (t) => {
  const all = loaded({ e: 20, a: 20, d: 40, b: 30, c: 20 });
  const sorted = (parts: string[][]) => parts.map((part) => part.sort());
  t.same(sorted(divide([...all].reverse(), 3)), sorted(divide(all, 3)));
  t.same(names(shardOf(all, { number: 1, of: 1 })), ['e', 'a', 'd', 'b', 'c'], 'given order is kept');
});

t.test('what --shard takes', async (t) => {
  t.same(parseShard('2/8'), { number: 2, of: 8 });
  t.same(parseShard('1/1'), { number: 1, of: 1 });
  for (const text of [
    '0/3',
    '4/3',
    '1/0',
    '1',
    '1/',
    '/2',
    'a/b',
    '1/2/3',
    '-1/2',
    '1.5/2',
    '01/2',
    '',
    ' 1/2',
  ]) {
    t.throws(() => parseShard(text), { code: 'HARNESS_USAGE' }, JSON.stringify(text));
  }
});
