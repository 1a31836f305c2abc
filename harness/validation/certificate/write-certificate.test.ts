import { createHash } from 'node:crypto';
import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { schemaVersion } from '../../../reports/events.ts';
import { sampleReport } from '../../../reports/validation/fixtures/sample-report.ts';
import { fitReport, makeKeys } from './fixtures/certified-disk.ts';
import { prepareCertificate, readCertificate, readVerifyingKey, writeCertificate } from './index.ts';

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');

const event = (kind: string, fields: object) => JSON.stringify({ kind, atMs: 1, ...fields });
const attempt = (name: string, number: number, outcome: string) => [
  event('scenario-started', { scenarioId: `${name}.${number}`, name, file: 'f', attempt: number }),
  event('scenario-ended', { scenarioId: `${name}.${number}`, outcome }),
];

for (const kind of ['ed25519', 'P-256'] as const) {
  t.test(`${kind}: what was written is read again`, async (t) => {
    const folder = t.testdir({ 'nas.img': 'x'.repeat(70_000), 'nas.yaml': 'format: …\n' });
    const { privatePath, publicPath } = await makeKeys(folder, 'key', kind);
    const prepared = await prepareCertificate({
      ...{ outPath: join(folder, 'nas.cert.json'), keyPath: privatePath },
      profile: { path: join(folder, 'nas.yaml') },
    });
    // What was read is certified, whatever becomes of the file in the hour that a validation takes.
    await writeFile(join(folder, 'nas.yaml'), 'other');
    const report = await fitReport(join(folder, 'nas.img'));
    const { path, keyId } = await writeCertificate(report, prepared, { reportText: 'the report\n' });
    const key = await readVerifyingKey(publicPath);
    t.equal(keyId, key.keyId);
    const statement = await readCertificate(path, key);
    t.match(statement, {
      subject: [{ name: 'nas.img', annotations: { sizeBytes: 70_000 } }],
      predicate: {
        verdict: 'fit',
        scope: 'dynamic',
        profile: { name: 'nas.yaml', digest: { sha256: sha256('format: …\n') } },
        evidence: [{ name: 'validation.json', digest: { sha256: sha256('the report\n') } }],
      },
    });
    t.equal(JSON.parse(await readFile(path, 'utf8')).payloadType, 'application/vnd.in-toto+json');
    await writeCertificate(report, prepared, {});
    t.same((await readCertificate(path, key)).predicate.evidence, [], 'a certificate replaces one');
  });
}

t.test('the run: its log, its seed, and every scenario by the attempt that decided', async (t) => {
  const folder = t.testdir({ 'nas.img': 'x', run: {} });
  const log = [
    event('run-started', {
      ...{ schemaVersion, runId: '20261121T100000Z-98bc8768', startedAt: '2026-11-21T10:00:00.000Z' },
      ...{ argv: [], seed: 'seven', timeoutScale: 2, host: { cores: 2, memoryBytes: 1 } },
    }),
    ...attempt('clone-1-starts', 1, 'passed'),
    ...attempt('clone-2-starts', 1, 'errored'),
    ...attempt('clone-2-starts', 2, 'passed'),
    event('run-ended', {
      ...{ counts: { passed: 1, failed: 0, errored: 0, skipped: 0, flaky: 1 }, interrupted: false },
    }),
  ].join('\n');
  await writeFile(join(folder, 'run/events.jsonl'), `${log}\n`);
  const { privatePath, publicPath } = await makeKeys(folder, 'key');
  const prepared = await prepareCertificate({ outPath: join(folder, 'c.json'), keyPath: privatePath });
  const report = await fitReport(join(folder, 'nas.img'));
  await writeCertificate(report, prepared, { runFolder: join(folder, 'run') });
  const { predicate } = await readCertificate(join(folder, 'c.json'), await readVerifyingKey(publicPath));
  t.match(predicate.run, { id: '20261121T100000Z-98bc8768', seed: 'seven', timeoutScale: 2 });
  t.same(predicate.run?.scenarios, [
    { name: 'clone-1-starts', outcome: 'passed' },
    { name: 'clone-2-starts', outcome: 'flaky' },
  ]);
  t.same(predicate.evidence, [{ name: 'events.jsonl', digest: { sha256: sha256(`${log}\n`) } }]);
});

t.test('nothing but a certificate is replaced, and that is said before the validation', async (t) => {
  const folder = t.testdir({ 'nas.img': 'a disk', 'some.json': '{}', folder: {} });
  const { privatePath: keyPath } = await makeKeys(folder, 'key');
  await symlink('nas.img', join(folder, 'link'));
  for (const name of ['nas.img', 'key.pem', 'some.json', 'folder', 'link']) {
    await t.rejects(
      prepareCertificate({ outPath: join(folder, name), keyPath }),
      { code: 'CERTIFICATE_PLACE_TAKEN', facts: { where: join(folder, name) } },
      name,
    );
  }
  t.equal(await readFile(join(folder, 'nas.img'), 'utf8'), 'a disk');
  await t.rejects(prepareCertificate({ outPath: join(folder, 'nas.img/c.json'), keyPath }), {
    code: 'CERTIFICATE_PLACE_TAKEN',
  });
  await t.rejects(prepareCertificate({ outPath: join(folder, 'nas.img/none/c.json'), keyPath }), {
    code: 'CERTIFICATE_PLACE_TAKEN',
  });
  await t.rejects(prepareCertificate({ outPath: join(folder, 'c.json'), keyPath: join(folder, 'none') }), {
    code: 'CERTIFICATE_KEY_UNUSABLE',
  });
  await t.rejects(
    prepareCertificate({
      ...{ outPath: join(folder, 'c.json'), keyPath },
      profile: { path: join(folder, 'none.yaml') },
    }),
    { code: 'HARNESS_FOLDER_UNUSABLE' },
  );
  // Somebody may put something there meanwhile.
  const prepared = await prepareCertificate({ outPath: join(folder, 'c.json'), keyPath });
  await writeFile(join(folder, 'c.json'), 'mine');
  const report = await fitReport(join(folder, 'nas.img'));
  await t.rejects(writeCertificate(report, prepared, {}), { code: 'CERTIFICATE_PLACE_TAKEN' });
  const inNew = await prepareCertificate({ outPath: join(folder, 'new/folder/c.json'), keyPath });
  t.notOk((await readdir(folder)).includes('new'), 'it is made when there is something to write');
  t.ok(await writeCertificate(report, inNew, {}));
  t.equal(await readFile(join(folder, 'c.json'), 'utf8'), 'mine');
});

t.test('a disk that is not fit gets none; one of another time stays', async (t) => {
  const folder = t.testdir();
  const { privatePath: keyPath } = await makeKeys(folder, 'key');
  const prepared = await prepareCertificate({ outPath: join(folder, 'c.json'), keyPath });
  const before = await readdir(folder);
  await t.rejects(writeCertificate(sampleReport(), prepared, {}), { code: 'CERTIFICATE_NOT_EARNED' });
  t.same(await readdir(folder), before);
});

t.test('the warning about the key goes along', async (t) => {
  const folder = t.testdir();
  const { privatePath: keyPath } = await makeKeys(folder, 'key');
  await chmod(keyPath, 0o640);
  const { notices } = await prepareCertificate({ outPath: join(folder, 'c.json'), keyPath });
  t.match(notices, [/mode 0640/]);
  t.equal((await stat(keyPath)).mode & 0o777, 0o640, 'it is only said');
});
