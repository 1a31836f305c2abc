import t from 'tap';
import { boundText } from './bounded-text.ts';

t.test('a text within the bound stays as it is', async (t) => {
  t.equal(boundText('ready', 5), 'ready');
});

t.test('a longer text keeps its beginning and end, and says how much is gone', async (t) => {
  const text = `BEGIN${'x'.repeat(1_000)}END`;
  const bounded = boundText(text, 100);
  t.equal(bounded.length, 100);
  t.match(bounded, /^BEGINx+\u2026\[908 characters and this mark cut\]\u2026x+END$/);
});

t.test('cutting twice changes nothing the second time', async (t) => {
  const bounded = boundText('y'.repeat(50_000_000), 8_000);
  t.equal(boundText(bounded, 8_000), bounded);
});

t.test('a bound smaller than the mark still holds', async (t) => {
  t.equal(boundText('z'.repeat(100), 10).length, 10);
});

t.test('surrogates are never left alone, also where the cut goes through a pair', async (t) => {
  for (let bound = 60; bound < 70; bound += 1) {
    t.ok(boundText('\u{1f468}'.repeat(100), bound).isWellFormed());
  }
  t.equal(boundText('a\ud800b', 10), 'a\ufffdb');
});
