import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import {
  flipBit,
  makeSmallMaster,
  mebibyte,
  sha256,
} from '../../../core/factory/clone/fixtures/small-master.ts';
import { makePlace, type Place } from '../../../tests/command-line.ts';
import { certify, forge, makeKeys } from '../../validation/certificate/fixtures/certified-disk.ts';

/** `master.raw` with its certificate, and the keys `own` and `other`. */
async function makeCertified({ folder }: Place, changes: Parameters<typeof certify>[2] = {}) {
  const master = await makeSmallMaster(join(folder, 'master.raw'));
  const keys = await makeKeys(folder, 'own');
  await makeKeys(folder, 'other', 'P-256');
  return { master, keys, certificate: await certify(master, keys, changes) };
}

const certificateName = 'master.raw.cert.json';
const required = ['--require-certificate', certificateName, '--certificate-key', 'own.pub'];
const cloning = ['clone', 'master.raw', '--out', 'out', ...required];

t.test('assay clone clones what is certified, and says so', async (t) => {
  await using place = await makePlace();
  const { master } = await makeCertified(place);
  const { exitCode, stdout, stderr } = await place.assay(cloning);
  t.equal(exitCode, 0, stderr);
  t.match(stdout, /^note: master\.raw is read first, to be compared with its certificate\n/);
  t.match(stdout, /\ncertified by master\.raw\.cert\.json: fit, dynamic, signed by the key [0-9a-f]{64}\n/);
  t.equal(await sha256(join(place.folder, 'out/master-0001.raw')), await sha256(master));
  const json = await place.assay([...cloning, '--overwrite', '--json']);
  t.match(JSON.parse(json.stdout), {
    certificate: { path: certificateName, keyId: /^[0-9a-f]{64}$/, verdict: 'fit', scope: 'dynamic' },
    clones: [{ verified: true }],
  });
  const plain = await place.assay(['clone', 'master.raw', '--to', 'c.raw', '--json']);
  t.notOk('certificate' in JSON.parse(plain.stdout));
});

t.test('assay clone refuses everything else with exit code 2, and writes nothing', async (t) => {
  await using place = await makePlace();
  const { master, certificate } = await makeCertified(place);
  const original = await readFile(certificate, 'utf8');
  await writeFile(join(place.folder, 'no.json'), '{}');
  const before = await readdir(place.folder);
  const refused = async (words: readonly string[], says: RegExp) => {
    const { exitCode, stderr } = await place.assay(words);
    t.equal(exitCode, 2, words.join(' '));
    t.match(stderr, says);
    t.same(await readdir(place.folder), before);
  };
  const with_ = (file: string, key: string) => [
    ...['clone', 'master.raw', '--out', 'out', '--force'],
    ...['--require-certificate', file, '--certificate-key', key],
  ];
  await refused(cloning.slice(0, -2), /--certificate-key FILE[\s\S]*HARNESS_USAGE/);
  await refused(['clone', 'master.raw', '--out', 'out', '--certificate-key', 'own.pub'], /HARNESS_USAGE/);
  await refused(['clone', 'master.raw', '--out', 'out', '--certificate-scope', 'static'], /HARNESS_USAGE/);
  await refused([...cloning, '--certificate-scope', 'some'], /static/);
  await refused(
    with_(certificateName, 'other.pub'),
    /expected: a signature by the key [\s\S]*CERTIFICATE_NOT_TRUSTED \(docs\/errors\/certificate\.md/,
  );
  await refused(with_(certificateName, 'own.pem'), /private half[\s\S]*CERTIFICATE_KEY_UNUSABLE/);
  await refused(with_('no.json', 'own.pub'), /CERTIFICATE_UNREADABLE/);
  await forge(certificate, ({ predicate }) => Object.assign(predicate, { notes: 'I am harmless' }));
  await refused(cloning, /CERTIFICATE_NOT_TRUSTED/);
  await writeFile(certificate, original);
  await flipBit(master, 5 * mebibyte - 100);
  await refused(
    cloning,
    /where: +master\.raw\n +expected: assay-disk-1 [\s\S]*got: +assay-disk-1 [\s\S]*CERTIFICATE_DISK_DIFFERS/,
  );
  await flipBit(master, 5 * mebibyte - 100);
  t.equal((await place.assay(cloning)).exitCode, 0);
});

t.test('a disk that was only read is cloned when that is said to be enough', async (t) => {
  await using place = await makePlace();
  await makeCertified(place, { scope: 'static', proof: undefined });
  const refused = await place.assay(cloning);
  t.match(refused, {
    exitCode: 2,
    stderr: /only read it[\s\S]*--certificate-scope static[\s\S]*INSUFFICIENT/,
  });
  const done = await place.assay([...cloning, '--certificate-scope', 'static']);
  t.match(done, { exitCode: 0, stdout: /certified by master\.raw\.cert\.json: fit, static/ });
});

t.test('assay certificate shows, verifies, and compares', async (t) => {
  await using place = await makePlace();
  const { master } = await makeCertified(place);
  const claimed = await place.assay(['certificate', certificateName]);
  t.match(claimed, { exitCode: 0, stdout: /\nNOT VERIFIED: it names the key [0-9a-f]{64}; .*\nFIT\n$/ });
  t.match(claimed.stdout, /disk +master\.raw, 9437184 bytes \(9 MiB\)\n +assay-disk-1 [0-9a-f]{64}\n/);
  t.match(claimed.stdout, /clones +2, ready 4 times\n/);
  t.match(claimed.stdout, /errors 0, left open 0, warnings 0, notes 1, accepted 1\n/);
  t.match(claimed.stdout, 'unaligned, partition 1: A flash disk <no> matter.');
  const verified = ['certificate', certificateName, '--key', 'own.pub'];
  t.match(await place.assay(verified), { exitCode: 0, stdout: /\nThe signature is by the key .*\nFIT\n$/ });
  const same = await place.assay([...verified, '--image', 'master.raw', '--json']);
  t.match(JSON.parse(same.stdout), {
    verified: { signature: true, image: true },
    keyId: /^[0-9a-f]{64}$/,
    statement: { predicate: { verdict: 'fit' }, subject: [{ name: 'master.raw' }] },
  });
  await flipBit(master, 5 * mebibyte - 100);
  const other = await place.assay([...verified, '--image', 'master.raw']);
  t.match(other, { exitCode: 2, stdout: '', stderr: /CERTIFICATE_DISK_DIFFERS/ });
  const strange = await place.assay(['certificate', certificateName, '--key', 'other.pub', '--json']);
  t.equal(strange.exitCode, 2);
  t.match(JSON.parse(strange.stdout), { error: { code: 'CERTIFICATE_NOT_TRUSTED' } });
});

t.test('what a certificate says is shown as text, whoever wrote it', async (t) => {
  await using place = await makePlace();
  const { certificate } = await makeCertified(place);
  await forge(certificate, ({ subject, predicate }) => {
    Object.assign(subject[0]!, { name: '\u001b[2J\u202emaster\nFIT' });
    Object.assign(predicate, { reasons: ['\u001b]0;x\u0007 all\r\nis well'] });
  });
  const { stdout } = await place.assay(['certificate', certificateName]);
  t.notMatch(stdout, /\p{Cf}|[^\P{Cc}\n]/u);
  t.match(stdout, /master FIT, 9437184 bytes/);
});
