import { generateKeyPairSync } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { readSigningKey, readVerifyingKey } from './certificate-keys.ts';
import { makeKeys } from './fixtures/certified-disk.ts';

const code = 'CERTIFICATE_KEY_UNUSABLE';

t.test('both kinds of keys, and both halves have one name', async (t) => {
  const folder = t.testdir();
  for (const kind of ['ed25519', 'P-256'] as const) {
    const { privatePath, publicPath } = await makeKeys(folder, kind, kind);
    const [own, others] = [await readSigningKey(privatePath), await readVerifyingKey(publicPath)];
    t.match(own.keyId, /^[0-9a-f]{64}$/);
    t.equal(own.keyId, others.keyId);
    t.same(own.notices, []);
  }
});

t.test('an encrypted key wants its passphrase from the environment', async (t) => {
  const { privatePath } = await makeKeys(t.testdir(), 'locked', 'P-256', 'open sesame');
  const environment = { PASS: 'open sesame', WRONG: 'open', EMPTY: '' };
  t.ok(await readSigningKey(privatePath, { passphraseFrom: 'PASS', environment }));
  const refused = async (passphraseFrom: string | undefined, got: RegExp) => {
    const options = passphraseFrom === undefined ? { environment } : { passphraseFrom, environment };
    await t.rejects(readSigningKey(privatePath, options), { code, facts: { where: privatePath, got } });
  };
  await refused(undefined, /no variable with its passphrase/);
  await refused('NONE', /NONE is not set/);
  await refused('WRONG', /does not open/);
  await refused('EMPTY', /does not open/);
});

t.test('a key that others can read is used, and said to be', async (t) => {
  const { privatePath } = await makeKeys(t.testdir(), 'open');
  await chmod(privatePath, 0o644);
  const { notices } = await readSigningKey(privatePath);
  t.match(notices, [/mode 0644\): chmod 600/]);
});

t.test('what is no such key is refused, and said what it is', async (t) => {
  const folder = t.testdir({ text: 'no key', large: 'x'.repeat(70_000) });
  const { privatePath, publicPath } = await makeKeys(folder, 'good');
  const write = async (name: string, { privateKey, publicKey }: ReturnType<typeof generateKeyPairSync>) => {
    await writeFile(join(folder, `${name}.pem`), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await writeFile(join(folder, `${name}.pub`), publicKey.export({ type: 'spki', format: 'pem' }));
  };
  await write('rsa', generateKeyPairSync('rsa', { modulusLength: 1024 }));
  await write('p384', generateKeyPairSync('ec', { namedCurve: 'P-384' }));
  await write('x25519', generateKeyPairSync('x25519'));
  const cases: [name: string, private_: RegExp, public_: RegExp][] = [
    ['none', /ENOENT/, /ENOENT/],
    ['.', /EISDIR/, /EISDIR/],
    ['text', /./, /no public key/],
    ['large', /70000 bytes/, /70000 bytes/],
    ['rsa', /kind rsa/, /kind rsa/],
    ['p384', /curve secp384r1/, /curve secp384r1/],
    ['x25519', /kind x25519/, /kind x25519/],
  ];
  for (const [name, ofPrivate, ofPublic] of cases) {
    const isPair = ofPrivate.source.startsWith('kind') || ofPrivate.source.startsWith('curve');
    const [one, other] = isPair ? [`${name}.pem`, `${name}.pub`] : [name, name];
    await t.rejects(readSigningKey(join(folder, one)), { code, facts: { got: ofPrivate } }, one);
    await t.rejects(readVerifyingKey(join(folder, other)), { code, facts: { got: ofPublic } }, other);
  }
  await t.rejects(readSigningKey(publicPath), { code, facts: { got: /public half/ } });
  await t.rejects(readVerifyingKey(privatePath), { code, facts: { got: /private half/ } });
});
