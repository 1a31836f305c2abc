import t from 'tap';
import { sampleReport } from '../../../reports/validation/fixtures/sample-report.ts';
import type { ValidationReport } from '../../../reports/validation/index.ts';
import { certificateStatement, whyNotCertified } from './certificate-statement.ts';
import { validationStatementSchema } from './statement.ts';

const digest = { sha256: 'ef'.repeat(32) };
const evidence = {
  profile: { name: 'NAS', digest },
  run: {
    ...{ id: '20261121T100000Z-98bc8768', seed: 'seven', timeoutScale: 2 },
    scenarios: [
      { name: 'clone-1', outcome: 'passed' as const },
      { name: 'drill', outcome: 'flaky' as const },
    ],
  },
  files: [{ name: 'validation.json', digest }],
};
const fit = (changes: Partial<ValidationReport> = {}) =>
  sampleReport({
    ...{ verdict: 'fit-with-warnings', reasons: ['1 warning wants an answer.'] },
    findings: [
      { kind: 'unaligned', where: 'partition 1', evidence: 'sector 63' },
      { kind: 'unused', where: 'the end', evidence: '1 GiB' },
      { kind: 'machine-id', where: '/etc/machine-id', evidence: '32 digits', accepted: 'It is made anew.' },
    ],
    ...changes,
  });

t.test('a disk that was read: digests, size, findings, evidence; no folder of the host', async (t) => {
  const statement = certificateStatement(fit(), evidence);
  t.same(statement, {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [
      {
        name: 'nas & co.img',
        digest: { 'assay-disk-1': 'ab'.repeat(32), sha256: 'cd'.repeat(32) },
        annotations: { sizeBytes: 8 * 1024 ** 3 },
      },
    ],
    predicateType: 'https://assay.example/validation/v1',
    predicate: {
      ...{ verdict: 'fit-with-warnings', reasons: ['1 warning wants an answer.'], scope: 'static' },
      ...{ validatedAt: '2026-11-21T10:00:00.000Z', assay: { version: '0.1.0' } },
      ...{ profile: evidence.profile, run: evidence.run },
      findings: {
        ...{ errors: 0, leftOpen: 0, warnings: 1, notes: 1 },
        accepted: [{ kind: 'machine-id', where: '/etc/machine-id', reason: 'It is made anew.' }],
      },
      evidence: evidence.files,
    },
  });
  t.same(validationStatementSchema.parse(JSON.parse(JSON.stringify(statement))), statement);
  t.notMatch(JSON.stringify(statement), '/tmp');
});

t.test('clones that were started: machines, clones, boots', async (t) => {
  const clone = {
    name: 'clone-1',
    hardware: { smbiosUuid: 'u', smbiosSerial: 's', diskSerial: 'd' },
    boots: [
      { number: 1, readyMs: 1 },
      { number: 2, readyMs: 1 },
    ],
  };
  const proof: ValidationReport['proof'] = {
    ...{ runFolder: '/home/somebody', runId: 'x', seed: 'seven', timeoutScale: 1, identities: [] },
    ...{ qemuVersion: '7.2.15', accelerator: 'tcg', together: [], drills: [] },
    clones: [clone, { ...clone, name: 'clone-2' }],
  };
  const { predicate } = certificateStatement(fit({ scope: 'dynamic', proof }), { files: [] });
  t.match(predicate, {
    scope: 'dynamic',
    qemu: { version: '7.2.15', accelerator: 'tcg' },
    clones: { started: 2, boots: 4 },
  });
  t.notOk('profile' in predicate || 'run' in predicate);
  t.notMatch(JSON.stringify(predicate), 'somebody');
  const failed = { ...clone, name: 'clone-2', boots: [{ number: 1, failure: 'QEMU did not start' }] };
  const half = fit({ scope: 'dynamic', proof: { ...proof, clones: [clone, failed] } });
  t.match(certificateStatement(half, { files: [] }).predicate.clones, { started: 1, boots: 2 });
  for (const clones of [[failed], []]) {
    const none = fit({ scope: 'dynamic', proof: { ...proof, clones } });
    t.match(whyNotCertified(none), /No clone of it became ready/, 'whatever the profile accepts');
    t.throws(() => certificateStatement(none, { files: [] }), { code: 'CERTIFICATE_NOT_EARNED' });
  }
});

t.test('a disk that is not fit gets none, and it is said why', async (t) => {
  for (const verdict of ['not-fit', 'inconclusive'] as const) {
    const report = fit({ verdict, reasons: ['It is so.'] });
    t.match(whyNotCertified(report), /^(NOT FIT|INCONCLUSIVE)\. It is so\.$/);
    t.throws(() => certificateStatement(report, evidence), {
      code: 'CERTIFICATE_NOT_EARNED',
      facts: { got: /It is so/ },
    });
  }
  const { image } = fit();
  const unnamed = fit({ image: { ...image, digests: { sha256: 'cd'.repeat(32) } } });
  t.match(whyNotCertified(unnamed), /no digest assay-disk-1/);
  t.throws(() => certificateStatement(unnamed, evidence), { code: 'CERTIFICATE_NOT_EARNED' });
  t.equal(whyNotCertified(fit()), undefined);
  t.equal(whyNotCertified(fit({ verdict: 'fit' })), undefined);
});
