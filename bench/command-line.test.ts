import t from 'tap';
import { type Benchmark, judged } from './benchmark.ts';
import { readCommandLine } from './command-line.ts';

const known: Benchmark[] = ['overhead', 'boot'].map((name) => ({ name, summary: name, run: async () => [] }));
const read = (...words: string[]) => readCommandLine(words, known);

t.test('names and options', async (t) => {
  t.match(await read('boot', '--pairs', '3', '--json'), {
    benchmarks: [{ name: 'boot' }],
    pairs: 3,
    json: true,
    floodBytes: 4 * 1024 * 1024,
  });
  t.same((await read('all'))?.benchmarks, known);
  t.equal((await read('boot', '--full'))?.floodBytes, 50 * 1024 * 1024);
  t.equal((await read('boot', '--flood', '64KiB'))?.floodBytes, 64 * 1024);
});

t.test('what cannot be understood is refused', async (t) => {
  await t.rejects(read(), { code: 'BENCH_USAGE' });
  await t.rejects(read('bot'), { code: 'BENCH_USAGE' });
  await t.rejects(read('boot', '--pears', '3'), { code: 'BENCH_USAGE' });
  await t.rejects(read('boot', '--pairs', '0'), { code: 'HARNESS_USAGE' });
  await t.rejects(read('boot', '--flood', '5MB'), { code: 'FOUNDATION_SIZE_INVALID' });
});

t.test('a value is judged against its limit', async (t) => {
  const result = { name: 'x', value: 1, unit: 'ratio', limit: 1, comparedWith: '', details: {} };
  t.ok(judged({ ...result, bound: 'at most' }).pass, 'the limit itself keeps it');
  t.ok(judged({ ...result, bound: 'at least' }).pass);
  t.notOk(judged({ ...result, bound: 'at most', value: 1.01 }).pass);
  t.notOk(judged({ ...result, bound: 'at least', value: 0.99 }).pass);
  t.notOk(judged({ ...result, bound: 'at most' }, 1.02).pass, 'the end of an interval may decide');
});
