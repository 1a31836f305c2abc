import type { HitOwner } from './name-owners.ts';
import type { PlacedHit } from './place-hits.ts';

/** As the evidence of a hit names them; of Debian 12's versions, and they have not changed for years. */
const everybodysKeys: readonly string[] = [
  // Linux, crypto/testmgr.h: RSA.
  'DER private key, SHA-256 dca5a54d…',
  // OpenSSL, apps/testrsa.h: RSA with 2048, 3072 and 4096 bits.
  'DER private key, SHA-256 020478f5…',
  'DER private key, SHA-256 f11954e5…',
  'DER private key, SHA-256 56d02c36…',
  // GnuTLS, lib/crypto-selftests-pk.c.
  'PEM PRIVATE KEY, SHA-256 c41dc6cc…',
  'PEM PRIVATE KEY, SHA-256 ac1e3b0c…',
  'PEM PRIVATE KEY, SHA-256 d1dc7518…',
  'PEM EC PRIVATE KEY, SHA-256 a3d89655…',
  'PEM DSA PRIVATE KEY, SHA-256 09cd48c2…',
  'PEM RSA PRIVATE KEY, SHA-256 7f173f65…',
];

/** Programs test themselves with such things. Whoever has a token or a tunnel's key in a program has put it there. */
const kindsOfSelfTests = ['private-key-on-disk', 'password-hash-on-disk', 'luks-header-on-disk'];

/** No key alone is as large: what is has something else in it, such as an image of a system, which has its programs and their keys. */
const leastImageBytes = 1024 ** 2;

export type FileOwner = Exclude<HitOwner, 'journal'>;

export function isFile(owner: HitOwner | undefined): owner is FileOwner {
  return owner !== undefined && owner !== 'journal';
}

/** Whether a program of a distribution has this for its self-tests. */
export function isOfSelfTest({ owner, hit }: PlacedHit): boolean {
  const isOfProgram = isFile(owner) && owner.nature === 'program-of-distribution';
  return isOfProgram && kindsOfSelfTests.includes(hit.needle.kind.id);
}

/**
 * Tells copies of keys with which programs test themselves. Those that everybody has may lie in free space, where an older version of the program was, and
 * wherever nothing says what a block belongs to. Others are known by the programs on the same disk, and only excused in an image of a system: such a program
 * may be the maker's. In a small file any of them is what somebody uses.
 */
export function selfTestCopies(placed: readonly PlacedHit[]): (place: PlacedHit) => boolean {
  const everybodys = new Set(everybodysKeys);
  const ofPrograms = new Set(
    placed
      .filter(isTold)
      .filter(isOfSelfTest)
      .map(({ hit }) => hit.evidence),
  );
  return ({ owner, hit: { evidence } }) => {
    if (!isFile(owner)) return everybodys.has(evidence);
    const isImage = owner.nature === 'file' && owner.sizeBytes >= leastImageBytes;
    return isImage && (everybodys.has(evidence) || ofPrograms.has(evidence));
  };
}

/** What is recognised of a header is the same for all volumes. */
function isTold({ hit }: PlacedHit): boolean {
  return hit.needle.kind.id !== 'luks-header-on-disk';
}
