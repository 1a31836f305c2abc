import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import t from 'tap';
import { NeedleScan } from './needle-scan.ts';

/** What a scan finds in these bytes. */
function found(bytes: Buffer): string[] {
  const scan = new NeedleScan();
  const room = Buffer.alloc(5000, 'x');
  scan.onData(0, Buffer.concat([room, bytes, room]));
  return scan
    .finish()
    .hits.map(({ needle, evidence }) => `${needle.kind.id}: ${evidence.replace(/[0-9a-f]{8}…/, '')}`);
}

const isKey = 'private-key-on-disk: DER private key, SHA-256 ';

const rsa = [2048, 3072, 4096].map((modulusLength) => generateKeyPairSync('rsa', { modulusLength }));
const exponent3 = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
const ec = ['P-256', 'P-384', 'P-521', 'secp256k1'].map((namedCurve) =>
  generateKeyPairSync('ec', { namedCurve }),
);
const edwards = [generateKeyPairSync('ed25519'), generateKeyPairSync('x25519')];
const pairs = [...rsa, exponent3, ...ec, ...edwards];

const der = (key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1') =>
  key.export({ format: 'der', type }) as Buffer;

t.test('private keys in DER are found once each', async (t) => {
  for (const { privateKey } of pairs) {
    const { modulusLength, namedCurve } = privateKey.asymmetricKeyDetails!;
    const name = [privateKey.asymmetricKeyType, modulusLength, namedCurve].join(' ');
    t.same(found(der(privateKey, 'pkcs8')), [isKey], `PKCS #8: ${name}`);
  }
  for (const { privateKey } of [...rsa, exponent3])
    t.same(found(der(privateKey, 'pkcs1')), [isKey], 'PKCS #1');
  for (const { privateKey } of ec) t.same(found(der(privateKey, 'sec1')), [isKey], 'SEC 1');
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
  t.same(found(der(pss.privateKey, 'pkcs8')), [isKey], 'RSA-PSS, by the key within');
});

t.test('of a private exponent that is short by chance, too', async (t) => {
  const bytes = der(rsa[0]!.privateKey, 'pkcs1');
  const at = bytes.indexOf(Buffer.from('020301000102', 'hex'));
  t.ok(at > 0);
  const short = Buffer.concat([
    bytes.subarray(0, at + 5),
    Buffer.from('0281ff', 'hex'),
    Buffer.alloc(255, 7),
  ]);
  t.same(found(short), [isKey]);
});

t.test('in SEC 1 without the public point, and in PKCS #8 that names the curve twice, once', async (t) => {
  const whole = der(ec[0]!.privateKey, 'sec1');
  const without = Buffer.concat([Buffer.from('3031', 'hex'), whole.subarray(2, 2 + 37 + 12)]);
  t.same(found(without), [isKey]);
  const algorithm = Buffer.from('020100301306072a8648ce3d020106082a8648ce3d030107', 'hex');
  const parts = [algorithm, Buffer.from([0x04, whole.length]), whole];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  t.same(found(Buffer.concat([Buffer.from([0x30, 0x81, length]), ...parts])), [isKey]);
});

t.test('public keys, keys that are encrypted, and what a program knows of keys, are none', async (t) => {
  for (const { publicKey, privateKey } of pairs) {
    const format = 'der';
    t.same(found(publicKey.export({ format, type: 'spki' })), []);
    const cipher = { cipher: 'aes-256-cbc', passphrase: 'seven' };
    t.same(found(privateKey.export({ format, type: 'pkcs8', ...cipher })), []);
  }
  for (const { publicKey } of rsa) t.same(found(publicKey.export({ format: 'der', type: 'pkcs1' })), []);
  const beginning = Buffer.from('302e020100300506032b657004220420', 'hex');
  t.same(found(Buffer.concat([beginning, Buffer.alloc(64)])), []);
});

t.test('the same key is told to be the same', async (t) => {
  const evidence = (key: KeyObject, type: 'pkcs8' | 'sec1' = 'pkcs8') => {
    const scan = new NeedleScan();
    scan.onData(0, Buffer.concat([Buffer.alloc(100), der(key, type)]));
    return scan.finish().hits[0]!.evidence;
  };
  for (const { privateKey } of pairs) {
    const again = createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }));
    t.equal(evidence(again), evidence(privateKey));
  }
  t.equal(new Set(pairs.map(({ privateKey }) => evidence(privateKey))).size, pairs.length);
  t.equal(new Set(ec.map(({ privateKey }) => evidence(privateKey, 'sec1'))).size, ec.length);
});
