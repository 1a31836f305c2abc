import t from 'tap';
import { longestEvidence } from '../finding.ts';
import { asEvidence } from './printable.ts';

t.test('lines become one', async (t) => {
  t.equal(asEvidence('  one \n\n two\x1b[2J\n'), 'one; two\\x1b[2J');
});

t.test('a line of spaces without an end', async (t) => {
  const evidence = asEvidence(`search ${' '.repeat(1_000_000)}abcd`);
  t.equal(evidence, 'search');
  t.equal(asEvidence('x'.repeat(10_000)).length, longestEvidence);
});
