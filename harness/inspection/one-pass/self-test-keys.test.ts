import { readFileSync } from 'node:fs';
import t from 'tap';
import { partition } from '../residue/fixtures/search.ts';
import type { HitOwner } from './name-owners.ts';
import { NeedleScan } from './needle-scan.ts';
import { needles } from './needles.ts';
import { findingsOfHits, type HitArea, type PlacedHit } from './place-hits.ts';
import { selfTestCopies } from './self-test-keys.ts';

const place = partition();
const [needle] = needles;

function hit(area: HitArea, evidence: string, owner?: HitOwner): PlacedHit {
  const found = { needle: needle!, offsetBytes: 4096, lengthBytes: 9, evidence };
  return { hit: found, area, partition: place, ...(owner === undefined ? {} : { owner }) };
}

const program: HitOwner = {
  ...{ path: '/usr/lib/a.so', nature: 'program-of-distribution', sizeBytes: 9, isJudged: false },
};
const small: HitOwner = { path: '/srv/key', nature: 'file', sizeBytes: 1200, isJudged: false };

const openssls = 'DER private key, SHA-256 020478f5…';

t.test(
  'an older version of a program in free space is no secret, as far as everybody has its keys',
  async (t) => {
    const placed = [
      hit('used', openssls, program),
      hit('free', openssls),
      hit('swap', openssls),
      hit('used', openssls, 'journal'),
      hit('used', 'the one of a maker', program),
      hit('free', 'the one of a maker'),
    ];
    const shown = findingsOfHits(placed, []).map(({ kind, where }) => `${kind}: ${where}`);
    t.same(shown, [
      'private-key-on-disk: partition 1, in free space (deleted but present), byte 4096 of the disk',
      'secrets-in-programs: partition 1, in free space (deleted but present)',
      'secrets-in-programs: partition 1, in swap',
      'secrets-in-programs: partition 1, /usr/lib/a.so and 1 more',
    ]);
  },
);

t.test('a small file with such a key is what somebody uses', async (t) => {
  const isCopy = selfTestCopies([hit('used', 'one', program)]);
  t.notOk(isCopy(hit('used', 'one', small)));
  t.notOk(isCopy(hit('used', openssls, small)), 'whosever it is');
  t.ok(isCopy(hit('used', 'one', { ...small, sizeBytes: 1024 ** 2 })));
  t.notOk(isCopy(hit('used', 'two', { ...small, sizeBytes: 1024 ** 2 })));
});

t.test('what everybody has is known where no program is, in a file system that is not read', async (t) => {
  const openssl = readFileSync('/usr/bin/openssl');
  const scan = new NeedleScan();
  scan.onData(0, openssl);
  const { hits } = scan.finish();
  t.equal(hits.length, 3, 'RSA with 2048, 3072 and 4096 bits');
  const isCopy = selfTestCopies([]);
  for (const found of hits) t.ok(isCopy({ hit: found, area: 'unknown', partition: place }), found.evidence);
  t.notOk(isCopy(hit('unknown', 'DER private key, SHA-256 00000000…')));
});

t.test('headers of encrypted volumes are all the same, and no copies', async (t) => {
  const luks = needles.find(({ kind }) => kind.id === 'luks-header-on-disk')!;
  const ofProgram = hit('used', 'LUKS header', program);
  const inImage = hit('used', 'LUKS header', { ...small, sizeBytes: 1024 ** 3 });
  for (const one of [ofProgram, inImage]) one.hit.needle = luks;
  t.notOk(selfTestCopies([ofProgram])(inImage));
});
