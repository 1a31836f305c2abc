import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import t from 'tap';
import { keyIdOf } from './certificate-keys.ts';
import { parseEnvelope, preAuthenticationEncoding, signEnvelope, verifiedPayload } from './dsse-envelope.ts';

/** The test vector of DSSE 1.0.2, protocol.md. Its signature is the two numbers of ECDSA one behind the other. */
const vector = {
  type: 'http://example.com/HelloWorld',
  payload: Buffer.from('hello world'),
  encoded: 'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  signature: 'A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==',
  x: 46950820868899156662930047687818585632848591499744589407958293238635476079160n,
  y: 5640078356564379163099075877009565129882514886557779369047442380624545832820n,
};
const coordinate = (value: bigint) =>
  Buffer.from(value.toString(16).padStart(64, '0'), 'hex').toString('base64url');

t.test('the bytes that are signed are those of the specification, and so is a signature of it', async (t) => {
  const encoded = preAuthenticationEncoding(vector.type, vector.payload);
  t.equal(encoded.toString(), vector.encoded);
  const [x, y] = [coordinate(vector.x), coordinate(vector.y)];
  const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  const signature = Buffer.from(vector.signature, 'base64');
  t.ok(verify('sha256', encoded, { key, dsaEncoding: 'ieee-p1363' }, signature));
});

t.test('lengths are those of bytes, not of characters', async (t) => {
  const encoded = preAuthenticationEncoding('ä', Buffer.from('ö€'));
  t.equal(encoded.toString(), 'DSSEv1 2 ä 5 ö€');
  t.equal(preAuthenticationEncoding('', Buffer.alloc(0)).toString(), 'DSSEv1 0  0 ');
});

const payload = Buffer.from('{"a":"ÿ?>"}');
const kinds = {
  ed25519: generateKeyPairSync('ed25519'),
  'P-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};

for (const [kind, { privateKey, publicKey }] of Object.entries(kinds)) {
  const sign = () => signEnvelope('text/x', payload, { privateKey, keyId: keyIdOf(publicKey) });

  t.test(`${kind}: what was signed is verified, and nothing else`, async (t) => {
    const envelope = parseEnvelope(JSON.stringify(sign()));
    t.same(verifiedPayload(envelope, publicKey), payload);
    t.equal(envelope.signatures[0]!.keyid, keyIdOf(publicKey));
    const [signature] = envelope.signatures as [(typeof envelope.signatures)[number]];
    const flipped = Buffer.from(signature.sig, 'base64');
    flipped[flipped.length - 1]! ^= 1;
    for (const [what, changed] of Object.entries({
      payload: { ...envelope, payload: Buffer.from('{"a":"b"}').toString('base64') },
      type: { ...envelope, payloadType: 'text/y' },
      signature: { ...envelope, signatures: [{ ...signature, sig: flipped.toString('base64') }] },
      'no signature': { ...envelope, signatures: [{ ...signature, sig: '' }] },
      'a short one': { ...envelope, signatures: [{ ...signature, sig: 'AAAA' }] },
    })) {
      t.equal(verifiedPayload(changed, publicKey), undefined, what);
    }
    for (const other of ['ed25519', 'P-256'] as const) {
      const stranger =
        other === 'ed25519' ? generateKeyPairSync(other) : generateKeyPairSync('ec', { namedCurve: other });
      t.equal(verifiedPayload(envelope, stranger.publicKey), undefined, `another key, ${other}`);
    }
  });

  t.test(`${kind}: one of several signatures is enough, and the names of keys decide nothing`, async (t) => {
    const envelope = sign();
    const [{ sig } = { sig: '' }] = envelope.signatures;
    const signatures = [{ keyid: 'wrong', sig: 'AAAA' }, { sig }];
    t.same(verifiedPayload({ ...envelope, signatures }, publicKey), payload);
    const named = [{ keyid: keyIdOf(publicKey), sig: 'AAAA' }];
    t.equal(verifiedPayload({ ...envelope, signatures: named }, publicKey), undefined);
  });

  t.test(`${kind}: the other alphabet of base64 is read, too`, async (t) => {
    const { signatures, ...envelope } = sign();
    const urlSafe = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
    const other = {
      ...{ ...envelope, payload: urlSafe(envelope.payload), more: 'of no matter' },
      signatures: signatures.map(({ sig }) => ({ sig: urlSafe(sig) })),
    };
    t.not(other.payload, envelope.payload);
    t.same(verifiedPayload(parseEnvelope(JSON.stringify(other)), publicKey), payload);
  });
}

t.test('what is no envelope is said to be none', async (t) => {
  const whole = { payload: '', payloadType: '', signatures: [{ sig: '' }] };
  const cases: [unknown, RegExp][] = [
    [null, /the envelope/],
    [[], /the envelope/],
    [{ ...whole, payload: 'a b' }, /payload: no base64/],
    [{ ...whole, payload: undefined }, /payload:/],
    [{ ...whole, payloadType: 7 }, /payloadType:/],
    [{ ...whole, signatures: [] }, /signatures:/],
    [{ ...whole, signatures: [{ sig: '%' }] }, /signatures\.0\.sig: no base64/],
  ];
  for (const [value, says] of cases) t.throws(() => parseEnvelope(JSON.stringify(value)), says);
  t.throws(() => parseEnvelope('{'), SyntaxError);
  t.same(parseEnvelope(JSON.stringify(whole)), whole);
});
