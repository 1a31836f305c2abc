import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parseYamlText } from '../../images/index.ts';
import { compareFindings } from './compare-findings.ts';
import { comparisonText } from './comparison-text.ts';
import { type Expectations, expectationsSchema } from './expectations.ts';

/** Expectations of two files and of something that only clones show. */
const expected: Expectations = {
  format: 'assay example expectations 1',
  verdict: 'NOT FIT',
  planted: [
    { what: 'accounts', finding: 'account-backup', where: '/etc/shadow-', scope: 'static' },
    { what: 'password', finding: 'account-password', where: '/etc/shadow', scope: 'static' },
    { what: 'shared', finding: 'identity-shared', where: 'machine', scope: 'dynamic' },
  ],
  allowed: [{ finding: 'unused-end', reason: 'it grows' }],
};

/** A report of these findings, as kind and place, or kind, place and what was seen. */
function reportOf(...findings: [kind: string, where: string, evidence?: string][]) {
  return {
    scope: 'static' as const,
    verdict: 'not-fit' as const,
    findings: findings.map(([kind, where, evidence = '']) => ({ kind, where, evidence })),
  };
}

t.test('what is found, missed, extra', async (t) => {
  const compared = compareFindings(
    expected,
    reportOf(
      ['account-backup', 'partition 1, /etc/passwd- and 1 more', '2 places: /etc/passwd-; /etc/shadow-'],
      ['account-password', 'partition 1, /etc/shadow-'],
      ['unused-end', 'byte 5'],
    ),
  );
  t.match(compared, {
    found: [{ planted: { what: 'accounts' } }],
    missed: [{ what: 'password' }],
    notLookedFor: [{ what: 'shared' }],
    extra: [{ finding: { kind: 'account-password' } }, { reason: 'it grows' }],
    verdict: { expected: 'NOT FIT', got: 'NOT FIT' },
  });
  t.equal(compared.extra.length, 2);
  const text = comparisonText(compared);
  t.match(text, /missed \(1\)\n {2}account-password {2}password \(\/etc\/shadow\)/);
  t.match(text, 'planted 2, found 1, missed 1; extra 2, explained before 1');
});

t.test('clones that were started are expected to show what only they show', async (t) => {
  const report = { ...reportOf(['identity-shared', 'machine ID']), scope: 'dynamic' as const };
  const compared = compareFindings(expected, report);
  t.match(compared.found, [{ planted: { what: 'shared' } }]);
  t.same(compared.notLookedFor, []);
  t.equal(compared.missed.length, 2);
});

t.test('the place has to be the one: evidence counts only for further places', async (t) => {
  const compared = compareFindings(
    expected,
    reportOf(['account-password', 'partition 1, /etc/passwd', '/etc/shadow']),
  );
  t.match(compared.missed, [{ what: 'accounts' }, { what: 'password' }]);
});

t.test('the frozen expectations of the examples can be read, and name kinds that there are', async (t) => {
  const examples = join(import.meta.dirname, '..');
  const page = readFileSync(join(examples, '../docs/findings.md'), 'utf8');
  const known = new Set([...[...page.matchAll(/^## ([a-z-]+)$/gm)].map(([, id]) => id), ...dynamicKinds]);
  const files = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(?:^|\/)expected[^/]*\.yaml$/.test(path),
  );
  t.ok(files.length >= 2, 'they were found');
  for (const file of files) {
    const { planted, allowed } = parseYamlText(
      ...([readFileSync(join(examples, file), 'utf8'), file, expectationsSchema, 'expectations'] as const),
    );
    for (const { finding } of [...planted, ...allowed]) t.ok(known.has(finding), `${file}: ${finding}`);
  }
});

/** Of clones that were started. */
const dynamicKinds = ['identity-shared', 'identity-changes', 'same-secret-on-all-clones', 'clone-not-ready'];
