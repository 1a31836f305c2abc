import { sign } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { readSigningKey } from './certificate-keys.ts';
import { preAuthenticationEncoding } from './dsse-envelope.ts';
import { certify, forge, makeKeys } from './fixtures/certified-disk.ts';
import { assertCertified, assertSufficient, readCertificate, readVerifyingKey } from './index.ts';
import type { ValidationStatement } from './statement.ts';

const payloadType = 'application/vnd.in-toto+json';

/** A certified disk of 70000 bytes, and ways to tamper with its certificate. */
async function certified(folder: string) {
  await writeFile(join(folder, 'nas.img'), 'x'.repeat(70_000));
  const keys = await makeKeys(folder, 'key');
  const path = await certify(join(folder, 'nas.img'), keys);
  const key = await readVerifyingKey(keys.publicPath);
  const { privateKey } = await readSigningKey(keys.privatePath);
  /** With the right key, whatever it is. */
  const signed = async (payload: string, type = payloadType) => {
    const bytes = Buffer.from(payload);
    const sig = sign(null, preAuthenticationEncoding(type, bytes), privateKey).toString('base64');
    const envelope = { payload: bytes.toString('base64'), payloadType: type, signatures: [{ sig }] };
    await writeFile(join(folder, 'signed.json'), JSON.stringify(envelope));
    return readCertificate(join(folder, 'signed.json'), key);
  };
  return { folder, keys, path, key, signed, statement: await readCertificate(path, key) };
}

t.test('whatever is changed, the signature does not fit', async (t) => {
  const { folder, path, key } = await certified(t.testdir());
  const original = await readFile(path, 'utf8');
  const code = 'CERTIFICATE_NOT_TRUSTED';
  const changes: Record<string, (statement: ValidationStatement) => void> = {
    digest: ({ subject }) => Object.assign(subject[0]!.digest, { 'assay-disk-1': 'ab'.repeat(32) }),
    size: ({ subject }) => Object.assign(subject[0]!.annotations, { sizeBytes: 1 }),
    verdict: ({ predicate }) => Object.assign(predicate, { verdict: 'fit-with-warnings' }),
    scope: ({ predicate }) => Object.assign(predicate, { scope: 'static' }),
    'nothing but a space': () => {},
  };
  for (const [what, change] of Object.entries(changes)) {
    await writeFile(path, original);
    await forge(path, change);
    if (what === 'nothing but a space') {
      const envelope = JSON.parse(original);
      const payload = Buffer.from(`${Buffer.from(envelope.payload, 'base64')} `).toString('base64');
      await writeFile(path, JSON.stringify({ ...envelope, payload }));
    }
    await t.rejects(readCertificate(path, key), { code, facts: { got: /does not fit/ } }, what);
  }
  await writeFile(path, original.replace(payloadType, 'application/json'));
  await t.rejects(readCertificate(path, key), { code }, 'type');
  await writeFile(path, original);
  const other = await makeKeys(folder, 'other', 'P-256');
  const strange = await readVerifyingKey(other.publicPath);
  await t.rejects(
    readCertificate(path, strange),
    { code, facts: { expected: new RegExp(strange.keyId), got: new RegExp(key.keyId) } },
    'another key',
  );
  t.ok(await readCertificate(path, key));
});

t.test('what is signed, and is no certificate of a disk, is refused', async (t) => {
  const { signed, statement } = await certified(t.testdir());
  const code = 'CERTIFICATE_INVALID';
  t.same(await signed(JSON.stringify(statement)), statement);
  await t.rejects(signed(JSON.stringify(statement), 'application/json'), {
    code,
    facts: { where: /payloadType/, got: '"application/json"' },
  });
  await t.rejects(signed('{'), { code, facts: { expected: 'JSON' } });
  const [disk] = statement.subject;
  const cases: [object, RegExp][] = [
    [{ _type: 'https://in-toto.io/Statement/v0.1' }, /_type/],
    [{ predicateType: 'https://slsa.dev/provenance/v1' }, /predicateType/],
    [{ subject: undefined }, /subject/],
    [{ subject: [] }, /subject/],
    [{ subject: [{ ...disk, digest: { sha256: 'ab'.repeat(32) } }] }, /subject\.0\.digest\.assay-disk-1/],
    [{ subject: [{ ...disk, digest: { 'assay-disk-1': 'AB'.repeat(32) } }] }, /no SHA-256/],
    [{ subject: [{ ...disk, annotations: {} }] }, /sizeBytes/],
    [{ predicate: undefined }, /predicate/],
    [{ predicate: { ...statement.predicate, verdict: 'splendid' } }, /predicate\.verdict/],
  ];
  for (const [change, got] of cases) {
    await t.rejects(signed(JSON.stringify({ ...statement, ...change })), { code, facts: { got } });
  }
  t.ok(await signed(JSON.stringify({ ...statement, more: 'of a later Assay' })));
});

t.test('what is no file of a certificate is refused', async (t) => {
  const { folder, key } = await certified(t.testdir());
  for (const name of ['none.json', 'nas.img', 'key.pub', '.']) {
    await t.rejects(readCertificate(join(folder, name), key), { code: 'CERTIFICATE_UNREADABLE' }, name);
  }
});

t.test('a certificate has to say enough', async (t) => {
  const { statement } = await certified(t.testdir());
  const code = 'CERTIFICATE_INSUFFICIENT';
  const with_ = (change: object) => ({ ...statement, predicate: { ...statement.predicate, ...change } });
  assertSufficient(statement, 'dynamic', 'c.json');
  assertSufficient(with_({ verdict: 'fit-with-warnings' }), 'dynamic', 'c.json');
  for (const verdict of ['not-fit', 'inconclusive']) {
    t.throws(() => assertSufficient(with_({ verdict }), 'static', 'c.json'), { code });
  }
  const read = with_({ scope: 'static' });
  t.throws(() => assertSufficient(read, 'dynamic', 'c.json'), { code, remedy: /--certificate-scope static/ });
  t.doesNotThrow(() => assertSufficient(read, 'static', 'c.json'));
  for (const clones of [undefined, { started: 0, boots: 0 }]) {
    const unseen = with_({ clones });
    const facts = { got: /no clone became ready/ };
    t.throws(() => assertSufficient(unseen, 'dynamic', 'c.json'), { code, facts });
    t.doesNotThrow(() => assertSufficient(unseen, 'static', 'c.json'));
  }
});

t.test('digest and size are both compared', async (t) => {
  const { statement } = await certified(t.testdir());
  const digest = statement.subject[0]!.digest['assay-disk-1'];
  const disk = { path: 'nas.img', sizeBytes: 70_000, digest };
  const code = 'CERTIFICATE_DISK_DIFFERS';
  t.equal(assertCertified(statement, disk).name, 'nas.img');
  t.throws(() => assertCertified(statement, { ...disk, sizeBytes: 70_001 }), {
    code,
    facts: { where: 'nas.img', expected: /^70000 bytes/, got: /^70001 bytes/ },
  });
  const other = 'ab'.repeat(32);
  t.throws(() => assertCertified(statement, { ...disk, digest: other }), {
    code,
    facts: { expected: `assay-disk-1 ${digest}`, got: `assay-disk-1 ${other}` },
  });
});
