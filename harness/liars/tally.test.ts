import t from 'tap';
import { describeTallies } from './tally.ts';

t.test('a table of the verdicts, and the false ones with their evidence', async (t) => {
  const none = { truth: 'passed', runs: 100, trueVerdicts: 98, inconclusive: 2, falseVerdicts: [] };
  const one = {
    ...{ name: 'guest-hangs', truth: 'failed: VM_CONSOLE_SILENT', runs: 2, trueVerdicts: 1, inconclusive: 0 },
    falseVerdicts: [{ falsehood: 'judged passed', seed: 'a-1', folder: '/tmp/x', evidence: 'what it said' }],
  };
  const never = { ...none, name: 'never-met', runs: 0 };
  const text = describeTallies([{ ...none, name: 'late-login' }, one, never]);
  t.match(text, '| late-login | passed | 100 | 98 | 2 | 0 | 0 of 100: below 2.95 % at 95 % |');
  t.match(text, '| all |  | 102 | 99 | 2 | 1 | 1 of 102: below');
  t.match(text, 'false: guest-hangs: judged passed (seed a-1, /tmp/x)\n  what it said');
  t.notMatch(text, 'never-met');
});
