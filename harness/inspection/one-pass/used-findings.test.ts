import t from 'tap';
import { longestEvidence } from '../finding.ts';
import { partition } from '../residue/fixtures/search.ts';
import type { HitOwner } from './name-owners.ts';
import { needles } from './needles.ts';
import { onePassFindingKinds } from './one-pass-finding-kinds.ts';
import type { PlacedHit } from './place-hits.ts';
import { usedFindings } from './used-findings.ts';

const place = partition();

function hit(id: string, owner?: HitOwner, offsetBytes = 4096): PlacedHit {
  const needle = needles.find(({ kind }) => kind.id === `${id}-on-disk`)!;
  const found = { needle, offsetBytes, lengthBytes: 9, evidence: `${id} seen` };
  return { hit: found, area: 'used', partition: place, ...(owner === undefined ? {} : { owner }) };
}

function file(path: string, rest: Partial<Exclude<HitOwner, 'journal'>> = {}): HitOwner {
  return { path, nature: 'file', sizeBytes: 400, isJudged: false, ...rest };
}

const shown = (placed: PlacedHit[]) =>
  usedFindings(placed).map(({ kind, where }) => {
    t.ok(
      onePassFindingKinds.some(({ id }) => id === kind),
      kind,
    );
    return `${kind}: ${where}`;
  });

t.test('each file has a finding of its own, by what it is', async (t) => {
  const program = file('/usr/lib/a.so', { nature: 'program-of-distribution' });
  const inJournal = hit('private-key', 'journal');
  inJournal.hit.evidence = 'another key';
  const placed = [
    hit('private-key', file('/srv/key')),
    hit('private-key', file('/srv/key'), 8192),
    hit('private-key', file('/srv/other')),
    hit('cloud-token', file('/srv/key')),
    hit('private-key', program),
    hit('private-key', file('/usr/lib/b.so', { nature: 'program-of-distribution' })),
    hit('cloud-token', program),
    hit('private-key', file('/opt/daemon', { nature: 'program' })),
    hit('private-key', file('/usr/share/doc/key', { nature: 'test' })),
    hit('private-key', file('/etc/key', { isJudged: true })),
    inJournal,
    hit('password-hash'),
  ];
  t.same(shown(placed), [
    'private-key-on-disk: partition 1, /srv/key',
    'private-key-on-disk: partition 1, /srv/other',
    'cloud-token-on-disk: partition 1, /srv/key',
    'secrets-in-programs: partition 1, /usr/lib/a.so and 1 more',
    'secrets-in-own-programs: partition 1, /usr/lib/a.so',
    'secrets-in-own-programs: partition 1, /opt/daemon',
    'secrets-in-test-files: partition 1, /usr/share/doc/key',
    'secrets-in-used-blocks: partition 1, the journal of its file system',
    'secrets-in-used-blocks: partition 1',
  ]);
  const [first] = usedFindings(placed);
  t.match(first, {
    range: { offsetBytes: 4096, lengthBytes: 9 },
    evidence: '2 × private-key-on-disk; the first at byte 4096 of the disk: private-key seen',
  });
  const programs = usedFindings(placed).find(({ kind }) => kind === 'secrets-in-programs');
  t.same(programs!.places, ['partition 1, /usr/lib/a.so', 'partition 1, /usr/lib/b.so']);
});

t.test('an image of a system has the test keys of its programs, too', async (t) => {
  const large = { sizeBytes: 1024 ** 2 };
  const program = file('/vmlinuz', { ...large, nature: 'program-of-distribution' });
  const placed = [
    hit('private-key', file('/backup/system.image', large)),
    hit('private-key', file('/srv/copy.pem')),
    hit('cloud-token', file('/backup/system.image', large)),
  ];
  const unknown = [
    'private-key-on-disk: partition 1, /backup/system.image',
    'private-key-on-disk: partition 1, /srv/copy.pem',
    'cloud-token-on-disk: partition 1, /backup/system.image',
  ];
  t.same(shown(placed), unknown);
  t.same(shown([...placed, hit('private-key', program)]), [
    'secrets-in-programs: partition 1, /backup/system.image and 1 more',
    'private-key-on-disk: partition 1, /srv/copy.pem',
    'cloud-token-on-disk: partition 1, /backup/system.image',
  ]);
  const other = hit('private-key', program);
  other.hit.evidence = 'another key';
  t.same(shown([...placed, other]).slice(0, 3), unknown, 'another key is none of a program');
});

t.test('many files have one together, and can be accepted by name until they are too many', async (t) => {
  const files = (count: number) =>
    Array.from({ length: count }, (_, index) => hit('private-key', file(`/srv/${index}`)));
  const some = usedFindings(files(103));
  t.equal(some.length, 101);
  t.match(some.at(-1), {
    where: 'partition 1, /srv/100 and 2 more',
    places: ['partition 1, /srv/100', 'partition 1, /srv/101', 'partition 1, /srv/102'],
    evidence: /^3 × private-key-on-disk;/,
  });
  t.match(usedFindings(files(101)).at(-1), { where: 'partition 1, /srv/100', places: undefined });
  t.equal(usedFindings(files(1101)).at(-1)!.places, undefined);
});

t.test('that the search ended is said, and nothing is too long', async (t) => {
  const cut: PlacedHit = { ...hit('private-key'), isSearchCut: true };
  const [finding] = usedFindings([hit('private-key'), cut]);
  t.match(
    finding!.evidence,
    /^2 × private-key-on-disk; the search for their files ended at its limit; the first/,
  );
  const long = usedFindings([hit('private-key', file(`/${'x'.repeat(4000)}`))])[0]!;
  t.ok(long.where.length < longestEvidence);
});
