import t from 'tap';
import { pathLink, safeHref } from './page-links.ts';
import { clockText, keepEnds } from './page-text.ts';
import { timeAxis } from './time-line-axis.ts';

t.test('moments of the clock', async (t) => {
  t.strictSame([0, 7_340, 62_490, 59_960, 3_902_100].map(clockText), [
    '0:00.0',
    '0:07.3',
    '1:02.5',
    '1:00.0',
    '1:05:02.1',
  ]);
});

t.test('of what is too long the ends are kept', async (t) => {
  t.strictSame(keepEnds([1, 2, 3], 3), { kept: [1, 2, 3], omitted: 0, cutAt: 3 });
  t.strictSame(keepEnds([1, 2, 3, 4, 5, 6], 3), { kept: [1, 2, 6], omitted: 3, cutAt: 2 });
  t.strictSame(keepEnds([1, 2], 0), { kept: [], omitted: 2, cutAt: 0 });
});

t.test('a path is an address of a file, whatever it is called', async (t) => {
  t.equal(safeHref('scenarios/a/console.log'), './scenarios/a/console.log');
  t.equal(safeHref('javascript:alert(1)'), './javascript%3Aalert(1)');
  t.equal(safeHref('//elsewhere/x'), 'file:////elsewhere/x');
  t.equal(safeHref('/tmp/a b#c?d"'), 'file:///tmp/a%20b%23c%3Fd%22');
  t.type(pathLink('__proto__', { links: {} }), 'object', 'what is not there is no link');
  t.notMatch(JSON.stringify(pathLink('__proto__', { links: {} })), 'href');
});

t.test('an axis has round times and a place for each', async (t) => {
  const axis = timeAxis(1_000, 61_000);
  t.strictSame(axis.ticksMs, [10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
  t.equal(axis.at(31_000), '50%');
  t.equal(axis.at(90_000), '100%', 'never beyond its end');
  t.equal(axis.length(2_000, 2_000), '0.2%', 'a moment can be seen');
});
