import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { runTool } from '../../../foundation/index.ts';

import { fitReport, makeKeys } from './fixtures/certified-disk.ts';
import { keyIdOf, prepareCertificate, readVerifyingKey, writeCertificate } from './index.ts';

const version = await runTool('openssl', ['version']).catch(() => undefined);
const skip = version === undefined ? 'there is no openssl on this host' : false;
const page = join(import.meta.dirname, '../../../docs/certificate.md');

/** The shell of docs/certificate.md, whose lines stand there. */
const pae = `
field() { sed -n "s/^ *\\"$1\\": \\"\\([^\\"]*\\)\\".*/\\1/p" nas.cert.json | base64 -d; }
{ printf 'DSSEv1 28 application/vnd.in-toto+json %s ' "$(field payload | wc -c)"; field payload; } >signed
field sig >signature
`;
const kinds = {
  ed25519: {
    make: 'openssl genpkey -algorithm ed25519 -out key.pem',
    verify: 'openssl pkeyutl -verify -pubin -inkey key.pub -rawin -in signed -sigfile signature',
  },
  'P-256': {
    make: 'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem',
    verify: 'openssl dgst -sha256 -verify key.pub -signature signature signed',
  },
};
const publicHalf = 'openssl pkey -in key.pem -pubout -out key.pub';
const name = 'openssl pkey -pubin -in key.pub -outform DER | sha256sum';

for (const [kind, { make, verify }] of Object.entries(kinds)) {
  t.test(
    `${kind}: openssl makes the key, verifies the signature, and names the key alike`,
    { skip },
    async (t) => {
      const folder = t.testdir({ 'nas.img': 'x'.repeat(100) });
      const shell = (script: string, acceptExitCodes = [0]) =>
        runTool('bash', ['-euc', script], { cwd: folder, acceptExitCodes });
      await shell(`${make}; ${publicHalf}`);
      const prepared = await prepareCertificate({
        ...{ outPath: join(folder, 'nas.cert.json'), keyPath: join(folder, 'key.pem') },
      });
      await writeCertificate(await fitReport(join(folder, 'nas.img')), prepared, {});
      await shell(`${pae}${verify}`);
      const { publicKey } = await readVerifyingKey(join(folder, 'key.pub'));
      t.match((await shell(name)).stdout, keyIdOf(publicKey));
      const signed = await readFile(join(folder, 'signed'), 'utf8');
      await writeFile(join(folder, 'signed'), signed.replace('"fit"', '"FIT"'));
      t.equal((await shell(verify, [1])).exitCode, 1, 'another text');
      const other = await makeKeys(folder, 'other', kind as keyof typeof kinds);
      await shell(pae);
      t.equal((await shell(verify.replace('key.pub', other.publicPath), [1])).exitCode, 1, 'another key');
      const text = await readFile(page, 'utf8');
      for (const line of [...pae.trim().split('\n'), make, publicHalf, verify, name]) {
        t.ok(text.includes(line), `docs/certificate.md says: ${line}`);
      }
    },
  );
}

t.test('an encrypted key of openssl', { skip }, async (t) => {
  const folder = t.testdir();
  const make = 'openssl genpkey -algorithm ed25519 -aes256 -pass env:CERTIFICATE_PASSPHRASE -out key.pem';
  const passphrase = 'open sesame';
  await runTool('bash', ['-euc', make], { cwd: folder, env: { CERTIFICATE_PASSPHRASE: passphrase } });
  const prepared = await prepareCertificate({
    ...{ outPath: join(folder, 'c.json'), keyPath: join(folder, 'key.pem') },
    ...{ passphraseFrom: 'P', environment: { P: passphrase } },
  });
  t.match(prepared.key.keyId, /^[0-9a-f]{64}$/);
  t.ok((await readFile(page, 'utf8')).includes(make), 'docs/certificate.md says it');
});
