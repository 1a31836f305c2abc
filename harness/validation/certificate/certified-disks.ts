import { formatSize } from '../../../foundation/index.ts';
import { type Verdict, verdictWords } from '../../../reports/validation/index.ts';
import { diskDigestFormat } from '../../inspection/one-pass/disk-digest-format.ts';
import { certificateErrors } from './errors.ts';
import type { CertifiedDisk, ValidationStatement } from './statement.ts';

/** How much a certificate has to vouch for: that clones were started, or only that the disk was read. */
export type RequiredScope = ValidationStatement['predicate']['scope'];

const cloneable: readonly Verdict[] = ['fit', 'fit-with-warnings'];

/**
 * Holds what a certificate says to what is asked of it. Pure.
 *
 * @param where Its file.
 * @throws CERTIFICATE_INSUFFICIENT for another verdict than FIT or FIT WITH WARNINGS; where clones had to be started,
 * and the disk was only read.
 */
export function assertSufficient(
  { predicate }: ValidationStatement,
  scope: RequiredScope,
  where: string,
): void {
  const tried = 'clone by the certificate';
  const { verdict, reasons } = predicate;
  if (!cloneable.includes(verdict)) {
    const got = [verdictWords(verdict), ...reasons].join('; ');
    throw certificateErrors.CERTIFICATE_INSUFFICIENT({
      ...{ tried, where, got, expected: 'FIT, or FIT WITH WARNINGS' },
    });
  }
  const wereStarted = predicate.scope === 'dynamic' && (predicate.clones?.started ?? 0) > 0;
  if (scope === 'static' || wereStarted) return;
  throw certificateErrors.CERTIFICATE_INSUFFICIENT({
    ...{ tried, where, expected: 'a validation that started clones of the disk' },
    got:
      predicate.scope === 'static'
        ? 'one that only read it (scope static)'
        : 'one of which no clone became ready',
    remedy:
      'validate it without --static; where reading the disk is enough for you, say --certificate-scope static',
  });
}

/**
 * Finds the disk among the certified ones by its digest and its size; names are no matter. Pure.
 *
 * @throws CERTIFICATE_DISK_DIFFERS
 */
export function assertCertified(
  { subject }: ValidationStatement,
  { path, sizeBytes, digest }: { path: string; sizeBytes: number; digest: string },
): CertifiedDisk {
  assertCertifiedSize({ subject }, { path, sizeBytes });
  const found = subject.find((disk) => disk.digest[diskDigestFormat] === digest && hasSize(disk, sizeBytes));
  if (found !== undefined) return found;
  const expected = subject.filter((disk) => hasSize(disk, sizeBytes));
  throw differs(
    path,
    expected.map(({ digest: of }) => digestWords(of[diskDigestFormat])),
    digestWords(digest),
  );
}

/**
 * What can be said without reading the disk. Pure.
 *
 * @throws CERTIFICATE_DISK_DIFFERS
 */
export function assertCertifiedSize(
  { subject }: Pick<ValidationStatement, 'subject'>,
  { path, sizeBytes }: { path: string; sizeBytes: number },
): void {
  if (subject.some((disk) => hasSize(disk, sizeBytes))) return;
  const sizes = subject.map(({ annotations }) => sizeWords(annotations.sizeBytes));
  throw differs(path, sizes, sizeWords(sizeBytes));
}

function hasSize({ annotations }: CertifiedDisk, sizeBytes: number): boolean {
  return annotations.sizeBytes === sizeBytes;
}

function differs(path: string, expected: readonly string[], got: string): Error {
  return certificateErrors.CERTIFICATE_DISK_DIFFERS({
    ...{ tried: 'compare the disk with its certificate', where: path },
    ...{ expected: expected.join(' or '), got },
  });
}

function digestWords(digest: string): string {
  return `${diskDigestFormat} ${digest}`;
}

function sizeWords(sizeBytes: number): string {
  return `${sizeBytes} bytes (${formatSize(sizeBytes)})`;
}
