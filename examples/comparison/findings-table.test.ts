import t from 'tap';
import { findingsTable } from './findings-table.ts';

const finding = (kind: string) => ({ kind, where: 'partition 1', evidence: 'seen' });
const planted = (kind: string) => ({
  what: 'x',
  finding: kind,
  where: 'partition',
  scope: 'static' as const,
});

t.test('disks and kinds, with what was found, missed and found besides', (t) => {
  const compared = {
    found: [
      { planted: planted('log'), finding: finding('log') },
      { planted: planted('log'), finding: finding('log') },
    ],
    missed: [planted('journal')],
    notLookedFor: [],
    extra: [{ finding: finding('hostname') }, { finding: finding('log'), reason: 'known' }],
    verdict: { expected: 'NOT FIT', got: 'FIT' },
  };
  const lines = findingsTable([{ name: 'bad', compared }])
    .trimEnd()
    .split('\n');
  t.same(lines, [
    '| disk | verdict | expected | planted | found | missed | besides | explained before |',
    '|---|---|---|---|---|---|---|---|',
    '| bad | FIT | NOT FIT | 3 | 2 | 1 | 2 | 1 |',
    '',
    '| finding | bad |',
    '|---|---|',
    '| [hostname](findings.md#hostname) | + |',
    '| [journal](findings.md#journal) | ○ |',
    '| [log](findings.md#log) | ●2 + |',
  ]);
  t.end();
});
