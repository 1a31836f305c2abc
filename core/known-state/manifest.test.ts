import { generateKeyPairSync } from 'node:crypto';
import t from 'tap';
import {
  blankAreas,
  blockBytes,
  decodeManifestArea,
  encodeManifestArea,
  hashBlock,
  manifestAreaBytes,
  openManifest,
  type PartitionManifest,
  signManifest,
  stateAreaBytes,
} from './manifest.ts';

const invalid = { code: 'KNOWN_STATE_MANIFEST_INVALID' };

function keys() {
  return generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

function manifestOf(blockCount: number): PartitionManifest {
  return {
    ...{ formatVersion: 1, partition: 'system-1', version: '1.0.0', blockBytes, criticalBlocks: 1 },
    states: { offsetBytes: 4096, lengthBytes: stateAreaBytes },
    manifest: { offsetBytes: 16_384, lengthBytes: manifestAreaBytes },
    blocks: Array.from({ length: blockCount }, (_, index) => hashBlock(Buffer.from(`block ${index}`))),
  };
}

t.test('a signed manifest survives its area, and opens with the key it was signed for', (t) => {
  const { privateKey, publicKey } = keys();
  const area = encodeManifestArea(signManifest(manifestOf(3), privateKey));
  t.equal(area.length, manifestAreaBytes);
  t.same(openManifest(decodeManifestArea(area), publicKey), manifestOf(3));
  t.end();
});

t.test('another key, another text, another form are refused', (t) => {
  const { privateKey, publicKey } = keys();
  const signed = signManifest(manifestOf(3), privateKey);
  t.throws(() => openManifest(signed, keys().publicKey), { ...invalid, facts: { got: /signature/ } });
  const changed = signed.text.replace('1.0.0', '1.0.1');
  t.throws(() => openManifest({ ...signed, text: changed }, publicKey), {
    ...invalid,
    facts: { got: /signature/ },
  });
  t.throws(() => openManifest(decodeManifestArea(Buffer.alloc(manifestAreaBytes)), publicKey), invalid);
  const wrong = signManifest({ ...manifestOf(3), blocks: ['short'] }, privateKey);
  t.throws(() => openManifest(wrong, publicKey), { ...invalid, facts: { got: /blocks/ } });
  t.end();
});

t.test('a manifest that does not fit into its area is refused', (t) => {
  const { privateKey } = keys();
  encodeManifestArea(signManifest(manifestOf(2800), privateKey));
  t.throws(() => encodeManifestArea(signManifest(manifestOf(2900), privateKey)), {
    ...invalid,
    facts: { expected: /131072/ },
  });
  t.end();
});

t.test('areas count as zeros, also where they begin or end within a block', (t) => {
  const blanked = (index: number) => {
    const block = Buffer.alloc(blockBytes, 1);
    blankAreas(block, index, [
      { offsetBytes: blockBytes - 100, lengthBytes: 300 },
      { offsetBytes: 3 * blockBytes + 10, lengthBytes: 5 },
    ]);
    return [...block.entries()].filter(([, byte]) => byte === 0).map(([position]) => position);
  };
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
  t.same(blanked(0), range(blockBytes - 100, blockBytes));
  t.same(blanked(1), range(0, 200));
  t.same(blanked(2), []);
  t.same(blanked(3), range(10, 15));
  t.end();
});

t.test('the hash of a block is the beginning of its BLAKE2b-512', (t) => {
  // RFC 7693, appendix A: BLAKE2b-512("abc").
  const expected = Buffer.from('ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1', 'hex');
  t.equal(hashBlock(Buffer.from('abc')), expected.toString('base64url'));
  t.end();
});
