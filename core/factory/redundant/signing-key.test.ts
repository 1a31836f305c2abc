import { generateKeyPairSync } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { makeSigningKey, readSigningKey } from './signing-key.ts';

const unusable = { code: 'KNOWN_STATE_KEY_UNUSABLE' };

t.test('a key is made, readable only for its owner, and read again', async (t) => {
  const path = join(t.testdir(), 'signing.pem');
  const publicPath = await makeSigningKey(path);
  t.equal(publicPath, `${path}.pub`);
  t.equal((await stat(path)).mode & 0o777, 0o600);
  const key = await readSigningKey(path);
  t.equal(key.publicKey, await readFile(publicPath, 'utf8'));
  t.equal(key.privateKey, await readFile(path, 'utf8'));
});

t.test('no key is overwritten, neither half', async (t) => {
  const folder = t.testdir({ 'one.pem': 'mine', 'two.pem.pub': 'mine' });
  for (const name of ['one.pem', 'two.pem']) {
    await t.rejects(makeSigningKey(join(folder, name)), { code: 'KNOWN_STATE_KEY_EXISTS' });
  }
  t.equal(await readFile(join(folder, 'one.pem'), 'utf8'), 'mine');
  t.equal(await readFile(join(folder, 'two.pem.pub'), 'utf8'), 'mine');
  await t.rejects(stat(join(folder, 'one.pem.pub')), { code: 'ENOENT' });
  await t.rejects(stat(join(folder, 'two.pem')), { code: 'ENOENT' });
});

t.test('what cannot sign is refused, and said what it is', async (t) => {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const folder = t.testdir({ 'other.pem': privateKey, text: 'no key' });
  await makeSigningKey(join(folder, 'signing.pem'));
  const refused = async (name: string, got: RegExp) => {
    const where = join(folder, name);
    await t.rejects(readSigningKey(where), { ...unusable, facts: { where, got } });
  };
  await refused('none', /ENOENT/);
  await refused('text', /./);
  await refused('other.pem', /of the kind ec/);
  await refused('signing.pem.pub', /public half/);
});
