import t from 'tap';
import type { Finding, FindingKind } from '../inspection/finding.ts';
import { judgeFindings } from './judge-findings.ts';

const texts = { title: 'it is', reason: 'It is.', fix: 'Mend it.', source: 'a page' };
const kinds: FindingKind[] = [
  { id: 'host-keys', severity: 'error', ...texts },
  { id: 'unaligned', severity: 'warning', ...texts },
  { id: 'not-read', severity: 'warning', leavesOpen: true, ...texts },
  { id: 'unused', severity: 'note', ...texts },
];
const [hostKeys, unaligned, notRead, unused] = kinds.map(
  ({ id }): Finding => ({ kind: id, where: `partition 2, ${id}`, evidence: 'seen' }),
) as [Finding, Finding, Finding, Finding];

const verdictOf = (found: Finding[], accept: Parameters<typeof judgeFindings>[2]['accept'] = []) =>
  judgeFindings(kinds, found, { accept }).verdict;

const clonesOf = (boot: { readyMs?: number; failure?: string }) => ({
  clones: [
    {
      name: 'clone-1',
      hardware: { smbiosUuid: 'u', smbiosSerial: 's', diskSerial: 'd' },
      boots: [{ number: 1, ...boot }],
    },
  ],
});

t.test('an error decides, then what is open, then warnings; notes are no matter', (t) => {
  t.equal(verdictOf([]), 'fit');
  t.equal(verdictOf([unused]), 'fit');
  t.equal(verdictOf([unused, unaligned]), 'fit-with-warnings');
  t.equal(verdictOf([unaligned, notRead]), 'inconclusive');
  t.equal(verdictOf([notRead, unaligned, hostKeys]), 'not-fit');
  t.end();
});

t.test('what is accepted of one place is not of another', (t) => {
  const reason = 'it is a test key';
  const in10 = { ...hostKeys, where: 'partition 10, /a' };
  t.equal(verdictOf([in10], [{ finding: 'host-keys', where: 'partition 1', reason }]), 'not-fit');
  t.equal(verdictOf([in10], [{ finding: 'host-keys', where: 'partition 10', reason }]), 'fit');
  const several = {
    ...hostKeys,
    where: 'partition 1, /a and 1 more',
    places: ['partition 1, /a', 'partition 1, /b'],
  };
  const [a, b] = ['/a', '/b'].map((where) => ({ finding: 'host-keys', where, reason }));
  t.equal(verdictOf([several], [a!]), 'not-fit');
  t.equal(verdictOf([several], [b!]), 'not-fit');
  t.equal(verdictOf([several], [a!, b!]), 'fit');
  t.equal(verdictOf([several], [{ finding: 'host-keys', where: 'partition 1', reason }]), 'fit');
  const { places: _, ...unnamed } = several;
  t.equal(verdictOf([unnamed], [a!, b!]), 'not-fit', 'too many to be named');
  t.equal(verdictOf([unnamed], [{ finding: 'host-keys', reason }]), 'fit');
  const [reported] = judgeFindings(kinds, [several], { accept: [] }).findings;
  t.notOk('places' in reported!);
  t.end();
});

t.test('what is accepted weighs nothing, where it is accepted', (t) => {
  const reason = 'they are made anew';
  t.equal(verdictOf([hostKeys], [{ finding: 'host-keys', reason }]), 'fit');
  t.equal(verdictOf([hostKeys], [{ finding: 'host-keys', where: 'partition 2,', reason }]), 'fit');
  t.equal(verdictOf([hostKeys], [{ finding: 'host-keys', where: 'partition 3', reason }]), 'not-fit');
  t.equal(verdictOf([hostKeys], [{ finding: 'unaligned', reason }]), 'not-fit');
  const { findings, reasons } = judgeFindings(kinds, [hostKeys, unaligned], {
    accept: [{ finding: 'host-keys', reason }],
  });
  t.same(
    findings.map(({ accepted }) => accepted),
    [reason, undefined],
  );
  t.same(reasons, [
    '1 warning wants an answer.',
    '1 finding was accepted by the profile.',
    'The disk was read; no machine was started with it.',
  ]);
  const proved = judgeFindings(kinds, [], { accept: [] }, clonesOf({ readyMs: 1 }));
  t.same(proved.reasons, ['The disk was read, and clones of it were started.']);
  for (const unseen of [clonesOf({ failure: 'QEMU did not start' }), { clones: [] }]) {
    t.same(judgeFindings(kinds, [], { accept: [] }, unseen).reasons, [
      'The disk was read; of the clones that were to be started none became ready.',
    ]);
  }
  t.end();
});
