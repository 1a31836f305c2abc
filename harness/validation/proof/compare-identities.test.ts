import t from 'tap';
import { longestEvidence } from '../../inspection/finding.ts';
import { compareIdentities } from './compare-identities.ts';
import type { IdentityRule } from './identity-rule.ts';

const from = 'partition 2, /etc/thing';
const ruleOf = (rule: Partial<IdentityRule> = {}): IdentityRule => ({
  ...{ name: 'thing', files: ['/etc/thing'], differs: true, stays: true, shared: 'error' },
  ...{ isSecret: false, isTogether: false, isOwn: false, ...rule },
});

type Value = string | null;

/** Of each clone its value after each boot. */
function compare(clones: Value[][], { rule = {}, master = null as Value, problem = '' } = {}) {
  const places = clones.flatMap((values, index) =>
    values.map((value, boot) => ({ clone: `clone-${index + 1}`, boot: boot + 1, value })),
  );
  const readings = places
    .filter(({ value }) => value !== null || problem !== '')
    .map((place) => ({ name: 'thing', from, ...place, ...(problem === '' ? {} : { problem }) }));
  const collector = { readings, readBoots: places, master: [{ name: 'thing', from, value: master }] };
  const { identities, findings } = compareIdentities(collector, [ruleOf(rule)]);
  return { result: identities[0]?.result, values: identities[0]?.values, findings };
}

const kinds = (compared: ReturnType<typeof compare>) => compared.findings.map(({ kind }) => kind);

t.test('what differs and stays is as expected', (t) => {
  const good = compare([
    ['a', 'a'],
    ['b', 'b'],
  ]);
  t.strictSame(good.findings, []);
  t.equal(good.result, 'as-expected');
  t.strictSame(good.values?.[3], { clone: 'clone-2', boot: 2, value: 'b' });
  const free = compare(
    [
      ['a', 'b'],
      ['a', 'c'],
    ],
    { rule: { differs: false, stays: false } },
  );
  t.strictSame(free.findings, []);
  t.end();
});

t.test('clones that made the same, that keep the master’s, or have a name in common', (t) => {
  const shared = compare(
    [
      ['a', 'a'],
      ['a', 'a'],
      ['b', 'b'],
    ],
    { master: 'm' },
  );
  t.equal(shared.result, 'shared');
  t.strictSame(shared.findings, [
    { kind: 'identity-shared', where: from, evidence: 'thing: "a" on clone-1, clone-2' },
  ]);
  const kept = compare(
    [
      ['m', 'm'],
      ['m', 'm'],
    ],
    { master: 'm' },
  );
  t.match(kept.findings, [
    { kind: 'identity-kept', evidence: 'thing: "m" on clone-1, clone-2, as on the master' },
  ]);
  t.strictSame(kinds(compare([['m'], ['m']], { rule: { shared: 'warning' } })), ['name-shared']);
  const counted = compare(
    [
      ['a', 'b'],
      ['b', 'c'],
    ],
    { rule: { stays: false } },
  );
  t.strictSame(kinds(counted), ['identity-shared'], 'at different boots, too');
  t.end();
});

t.test('another one after a restart; one that is made late is no change', (t) => {
  const changed = compare([
    ['a', 'b'],
    ['c', 'c'],
  ]);
  t.equal(changed.result, 'changed');
  t.match(changed.findings, [{ kind: 'identity-changes', evidence: 'thing: clone-1: "a", then "b"' }]);
  t.strictSame(
    kinds(
      compare([
        ['a', null],
        ['c', null],
      ]),
    ),
    ['identity-changes'],
  );
  t.strictSame(
    kinds(
      compare([
        [null, 'a'],
        [null, 'c'],
      ]),
    ),
    [],
  );
  t.equal(
    compare([
      ['a', 'b'],
      ['a', 'c'],
    ]).result,
    'shared-and-changed',
  );
  t.end();
});

t.test('missing on some clones, on none, on all', (t) => {
  const missing = compare([
    ['a', 'a'],
    [null, null],
    ['c', 'c'],
  ]);
  t.equal(missing.result, 'missing');
  t.match(missing.findings, [{ kind: 'identity-missing-on-some', evidence: 'thing: not on clone-2' }]);
  t.strictSame(kinds(compare([['a', 'a'], [null]])), ['identity-missing-on-some'], 'by the same boot');
  t.strictSame(kinds(compare([['a'], [null, 'b']])), [], 'it has been made since');
  t.equal(
    compare([
      [null, null],
      [null, null],
    ]).result,
    undefined,
    'nobody has it',
  );
  t.end();
});

t.test('what could not be read, and what the profile names in vain, is open', (t) => {
  const unread = compare([[null], [null]], { problem: 'status 1: denied' });
  t.equal(unread.result, 'not-read');
  t.match(unread.findings, [{ kind: 'proof-incomplete', where: from, evidence: 'thing: status 1: denied' }]);
  const collector = { readings: [{ name: 'thing', from, clone: 'clone-1', boot: 1, value: null }] };
  const readBoots = ['clone-1', 'clone-2'].map((clone) => ({ clone, boot: 1 }));
  const inVain = compareIdentities({ ...collector, readBoots }, [ruleOf({ isOwn: true })]);
  t.match(inVain.findings, [{ kind: 'proof-incomplete', evidence: /none on any clone/ }]);
  t.end();
});

t.test('one clone cannot be compared, but with the master', (t) => {
  const alone = compare([['a', 'a']], { master: 'm' });
  t.equal(alone.result, 'not-read');
  t.match(alone.findings, [{ kind: 'proof-incomplete', evidence: 'those of one clone were read' }]);
  t.strictSame(kinds(compare([['m', 'm']], { master: 'm' })), ['identity-kept', 'proof-incomplete']);
  t.match(compareIdentities({ readings: [], readBoots: [] }, [ruleOf()]).findings, [
    { kind: 'proof-incomplete', evidence: 'the identities of no clone were read' },
  ]);
  t.end();
});

t.test('several places are one finding, and evidence is one short line', (t) => {
  const readBoots = Array.from({ length: 60 }, (_, index) => ({ clone: `clone-${index + 1}`, boot: 1 }));
  const readings = readBoots.flatMap((place) =>
    ['rsa', 'ed25519', 'ecdsa'].map((type) => ({
      ...place,
      name: 'thing',
      from: type,
      value: 'x'.repeat(60),
    })),
  );
  const { findings } = compareIdentities({ readings, readBoots }, [ruleOf()]);
  t.match(findings, [{ where: 'rsa and 2 more', places: ['rsa', 'ed25519', 'ecdsa'] }]);
  t.equal(findings.length, 1);
  t.ok(findings[0]!.evidence.length <= longestEvidence);
  t.end();
});
