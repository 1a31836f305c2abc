import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { writeFileDurably } from '../../../foundation/index.ts';
import { eventLogName } from '../../../reports/index.ts';
import type { ValidationReport } from '../../../reports/validation/index.ts';
import { fileError } from '../../file-errors.ts';
import { findRun } from '../../find-run.ts';
import { hashFile } from '../../witness/hash-file.ts';
import { certificateStatement } from './certificate-statement.ts';
import { signEnvelope } from './dsse-envelope.ts';
import { assertPlaceFor, type PreparedCertificate } from './prepare-certificate.ts';
import { type CertifiedFile, type CertifiedRun, statementPayloadType } from './statement.ts';

/** Where what stands behind a report is to be found. */
export interface EvidencePlaces {
  /** `validation.json` as it was written, to the byte; left out where it was not. */
  reportText?: string | undefined;
  /** The run in which clones were started; left out where none were. */
  runFolder?: string | undefined;
}

export interface WrittenCertificate {
  path: string;
  keyId: string;
}

/**
 * Certifies a disk that was found fit: what was found, and by what evidence, signed (spec H5, docs/certificate.md).
 *
 * @throws CERTIFICATE_NOT_EARNED for every other verdict; CERTIFICATE_PLACE_TAKEN, HARNESS_FOLDER_UNUSABLE,
 * FOUNDATION_DISK_FULL; what `readEventLog` throws. Then nothing was written.
 */
export async function writeCertificate(
  report: ValidationReport,
  { outPath, key, profile }: PreparedCertificate,
  { reportText, runFolder }: EvidencePlaces,
): Promise<WrittenCertificate> {
  const files: CertifiedFile[] = [];
  if (reportText !== undefined) {
    const sha256 = createHash('sha256').update(reportText).digest('hex');
    files.push({ name: 'validation.json', digest: { sha256 } });
  }
  if (runFolder !== undefined) {
    const sha256 = await hashFile(join(runFolder, eventLogName));
    files.push({ name: eventLogName, digest: { sha256 } });
  }
  const run = runFolder === undefined ? undefined : await certifiedRun(runFolder);
  const statement = certificateStatement(report, {
    files,
    ...(profile && { profile }),
    ...(run && { run }),
  });
  const envelope = signEnvelope(statementPayloadType, Buffer.from(JSON.stringify(statement)), key);
  await assertPlaceFor(outPath);
  await writeFileDurably(outPath, `${JSON.stringify(envelope, undefined, 2)}\n`).catch((error) => {
    throw fileError(`write the certificate ${outPath}`, error);
  });
  return { path: outPath, keyId: key.keyId };
}

/** The scenarios with their last outcomes: an attempt that was made again counts by the one that decided. */
async function certifiedRun(runFolder: string): Promise<CertifiedRun> {
  const { run } = await findRun(join(runFolder, eventLogName));
  const scenarios = run.scenarios
    .filter(({ isFinal }) => isFinal)
    .map(({ name, outcome = 'errored', isFlaky }) => ({
      name,
      outcome: isFlaky ? ('flaky' as const) : outcome,
    }));
  const { runId, seed, timeoutScale } = run;
  return { id: runId, seed, timeoutScale, scenarios };
}
