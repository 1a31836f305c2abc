import t from 'tap';
import { describeDifference } from './describe-difference.ts';

t.test('what fits on a line has no difference beside it', async (t) => {
  t.same(describeDifference(1, 2), { expected: '2', got: '1' });
  t.same(describeDifference('42\n', '43\n'), { expected: "'43\\n'", got: "'42\\n'" });
  t.equal(describeDifference({}, 2).difference, undefined);
});

t.test('texts differ line by line, with what is around', async (t) => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  const other = lines.with(10, 'LINE 10').toSpliced(15, 1);
  const { difference } = describeDifference(lines.join('\n'), other.join('\n'));
  t.equal(
    difference,
    [
      '- expected  + got',
      '… 7 lines the same',
      ...[
        '  line 7',
        '  line 8',
        '  line 9',
        '+ line 10',
        '- LINE 10',
        '  line 11',
        '  line 12',
        '  line 13',
      ],
      ...['  line 14', '+ line 15', '  line 16', '  line 17', '  line 18', '… 1 line the same'],
    ].join('\n'),
  );
  t.match(describeDifference('a \nb', 'a\nb').difference, '\n+ a \n- a\n', 'spaces at the end count');
});

t.test('structures differ by their parts', async (t) => {
  const { difference } = describeDifference({ a: [1, 2], b: { c: 'x' } }, { a: [1, 3], b: { c: 'x' } });
  t.match(difference, /\n {2}\{\n {4}a: \[\n {6}1,\n\+ {5}2\n- {5}3\n/);
});

t.test('what shows no different line, and what is huge, ends all the same', async (t) => {
  class Other {
    a = 1;
  }
  t.type(describeDifference(new Other(), { a: 1 }).got, 'string');
  const huge = (mark: string) => Array.from({ length: 50_000 }, (_, index) => `${mark}${index}`).join('\n');
  const { difference = '' } = describeDifference(huge('a'), huge('b'));
  t.match(difference, '… compared were the first 1000 lines');
  t.ok(difference.split('\n').length < 70);
  const late = `${'same\n'.repeat(5_000)}`;
  t.equal(describeDifference(`${late}x`, `${late}y`).difference, undefined, 'behind what is compared');
});
