import t from 'tap';
import { printable } from './printable.ts';

t.test('one line that a terminal shows as it is', async (t) => {
  t.equal(printable('Größe 1\u20ac', 20), 'Größe 1\u20ac');
  t.equal(printable('a\x1b[2Jb\r\nc\0', 40), 'a\\u{1b}[2Jb\\u{d}\\u{a}c\\u{0}');
  t.equal(printable('\u202eabc\u2028', 40), '\\u{202e}abc\\u{2028}');
  t.equal(printable('\ud800', 40), '\\u{d800}');
});

t.test('never longer than it may be', async (t) => {
  t.equal(printable('abcdef', 6), 'abcdef');
  t.equal(printable('abcdefg', 6), 'abcde…');
  t.equal(printable('a\u{1f600}', 2), 'a…');
  t.ok(printable('ab\u{1f600}\u{1f600}', 4).isWellFormed(), 'a pair of surrogates is not torn');
});
