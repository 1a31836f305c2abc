import t from 'tap';
import { patternProblem } from './pattern-problem.ts';
import { longestLineCharacters } from './residue-limits.ts';

t.test('ordinary expressions are taken', async (t) => {
  for (const pattern of [
    '^key=.',
    'PrivateKey\\s{0,8}=\\s{0,8}\\S',
    '^[^#]*password\\s+\\S',
    '(?i:secret)[:=]',
    '^(?<key>a|b)(?=c)',
    '[0-9a-f]{2}(:[0-9a-f]{2}){5}',
    '^[*+(]\\(x\\)$',
    'a|b|c',
    '(foo|bar){0}',
  ]) {
    t.equal(patternProblem(pattern), undefined, pattern);
  }
});

t.test('those that could hang are refused, whatever their form', async (t) => {
  for (const pattern of [
    '(a+)+$',
    '(a*)*b',
    '([a-z]+\\d?)*x',
    '(?:a|a)*b',
    '(?:a|b?)+c',
    '^(?:\\w\\s?){1,200}$',
    '(?=(a+)+)b',
    '.*.*=.*',
    '^\\s*a\\s*b\\s*c',
    '((a{0,50}){0,50}){0,50}',
    '(?<=a*)b*c',
    '[[]*[]]*x*',
    'x{2,}y{3,}z',
  ]) {
    t.match(patternProblem(pattern), 'could take for ever', pattern);
  }
  t.match(patternProblem('(a)\\1'), 'refers back');
  t.match(patternProblem('(?<n>a)\\k<n>'), 'refers back');
  t.match(patternProblem('['), 'Invalid regular expression');
  t.match(patternProblem('a'.repeat(501)), 'longer than');
});

t.test('the worst that is taken ends soon on the worst line', async (t) => {
  const line = 'a'.repeat(longestLineCharacters);
  for (const pattern of [
    'a*b',
    '^a*a*b',
    '^(a{0,20}){0,1}a{0,500}b',
    '(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)b',
  ]) {
    t.equal(patternProblem(pattern), undefined, pattern);
    t.notOk(new RegExp(pattern).test(line), pattern);
  }
});
