import t from 'tap';
import { printableCommand, printableLine, printableText } from './printable-text.ts';

t.test('terminal sequences are taken out, other control characters are shown', async (t) => {
  t.equal(printableText('\u001b[31mred\u001b[0m \u001b]0;title\u0007x'), 'red x');
  t.equal(printableText('a\u0000b\u0007c\u009dd\u001b'), 'a\\x00b\\x07c\\x9dd\\x1b');
  t.equal(printableText('\u202egnp.exe\u2028\ufeff'), '\\u{202e}gnp.exe\\u{2028}\\u{feff}');
  t.equal(printableText('x\ud800'), 'x\ufffd');
});

t.test('line feeds stay in texts and become spaces in lines', async (t) => {
  t.equal(printableText('a\r\nb\n\tc\r'), 'a\nb\n    c');
  t.equal(printableText('10%\r20%'), '10%\\x0d20%');
  t.equal(printableLine(' a\r\n  b\n\nc\n'), 'a b c');
});

t.test('ordinary text of any language stays', async (t) => {
  const text = 'Größe \u5927\u5bb6 \u{1f600} e\u0301 \\x00';
  t.equal(printableText(text), text);
});

t.test('of a command nothing is taken out', async (t) => {
  t.equal(printableCommand("./assay run 'a\u001b[31mb\nc'"), "./assay run 'a\\x1b[31mb\\x0ac'");
});

t.test('many unfinished sequences take no time worth mentioning', async (t) => {
  const parts = ['\u001b]8;;a'.repeat(1_000), '\u001b[[[[;;;;'.repeat(1_000), '\u001b', ';1'.repeat(4_000)];
  t.notMatch(printableText(parts.join('')), '\u001b');
});
