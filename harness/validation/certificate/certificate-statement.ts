import { basename } from 'node:path';
import {
  readyClones,
  toldFindings,
  type ValidationReport,
  verdictWords,
} from '../../../reports/validation/index.ts';
import { diskDigestFormat } from '../../inspection/one-pass/disk-digest-format.ts';
import { certificateErrors } from './errors.ts';
import {
  type CertifiedFile,
  type CertifiedRun,
  statementType,
  type ValidationStatement,
  validationPredicateType,
} from './statement.ts';

/** What a certificate names beside the report. */
export interface CertificateEvidence {
  /** What was known of the disk, as it was when it was read. */
  profile?: CertifiedFile;
  /** The run whose scenarios started clones. */
  run?: CertifiedRun;
  /** `validation.json`, and the run's event log. */
  files: CertifiedFile[];
}

/**
 * What a certificate says of a disk (docs/certificate.md), as an in-toto statement of version 1. Pure.
 *
 * @throws CERTIFICATE_NOT_EARNED when {@link whyNotCertified} has a reason.
 */
export function certificateStatement(
  report: ValidationReport,
  evidence: CertificateEvidence,
): ValidationStatement {
  const reason = whyNotCertified(report);
  const digest = report.image.digests[diskDigestFormat];
  if (reason !== undefined || digest === undefined) {
    throw certificateErrors.CERTIFICATE_NOT_EARNED({
      tried: `certify ${report.image.path}`,
      expected: 'FIT, or FIT WITH WARNINGS',
      got: reason ?? '',
    });
  }
  const { sha256 } = report.image.digests;
  return {
    _type: statementType,
    subject: [
      {
        name: basename(report.image.path),
        digest: { [diskDigestFormat]: digest, ...(sha256 === undefined ? {} : { sha256 }) },
        annotations: { sizeBytes: report.image.sizeBytes },
      },
    ],
    predicateType: validationPredicateType,
    predicate: predicateOf(report, evidence),
  };
}

/** Why a disk gets no certificate, as a sentence for people; undefined when it gets one. */
export function whyNotCertified(report: ValidationReport): string | undefined {
  const { verdict, reasons, image, proof } = report;
  if (image.digests[diskDigestFormat] === undefined) return `There is no digest ${diskDigestFormat} of it.`;
  if (verdict !== 'fit' && verdict !== 'fit-with-warnings') {
    return [`${verdictWords(verdict)}.`, ...reasons].join(' ');
  }
  // Also where the profile accepts all that says so: then starting them has shown nothing.
  if (proof === undefined || readyClones(proof.clones).length > 0) return undefined;
  return 'No clone of it became ready; what was only read is certified with --static.';
}

function predicateOf(
  report: ValidationReport,
  { profile, run, files }: CertificateEvidence,
): ValidationStatement['predicate'] {
  const { verdict, reasons, startedAt, scope, assayVersion, proof } = report;
  return {
    ...{ verdict, reasons, validatedAt: startedAt, scope, assay: { version: assayVersion } },
    ...(proof && {
      qemu: { version: proof.qemuVersion, accelerator: proof.accelerator },
      clones: {
        started: readyClones(proof.clones).length,
        boots: proof.clones.flatMap(({ boots }) => boots).filter(({ readyMs }) => readyMs !== undefined)
          .length,
      },
    }),
    ...(profile && { profile }),
    ...(run && { run }),
    findings: countFindings(report),
    evidence: files,
  };
}

function countFindings(report: ValidationReport): ValidationStatement['predicate']['findings'] {
  const told = toldFindings(report);
  const open = told.filter(({ accepted }) => accepted === undefined);
  const count = (isCounted: (finding: (typeof told)[number]) => boolean) => open.filter(isCounted).length;
  return {
    errors: count(({ of }) => of.severity === 'error'),
    leftOpen: count(({ of }) => of.severity !== 'error' && of.leavesOpen === true),
    warnings: count(({ of }) => of.severity === 'warning' && !of.leavesOpen),
    notes: count(({ of }) => of.severity === 'note' && !of.leavesOpen),
    accepted: told.flatMap(({ kind, where, accepted }) =>
      accepted === undefined ? [] : [{ kind, where, reason: accepted }],
    ),
  };
}
