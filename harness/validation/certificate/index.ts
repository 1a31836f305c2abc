export { certificateGuard, type GuardOptions } from './certificate-guard.ts';
export {
  keyIdOf,
  readSigningKey,
  readVerifyingKey,
  type SigningKey,
  type SigningKeyOptions,
  type VerifyingKey,
} from './certificate-keys.ts';
export {
  type CertificateEvidence,
  certificateStatement,
  whyNotCertified,
} from './certificate-statement.ts';
export { certificateText, type ShownCertificate } from './certificate-text.ts';
export {
  assertCertified,
  assertCertifiedSize,
  assertSufficient,
  type RequiredScope,
} from './certified-disks.ts';
export { assertDiskCertified } from './compare-disk.ts';
export { certificateErrors } from './errors.ts';
export {
  type CertificateWishes,
  type PreparedCertificate,
  prepareCertificate,
} from './prepare-certificate.ts';
export { claimedStatement, readCertificate, readEnvelope } from './read-certificate.ts';
export {
  type CertifiedDisk,
  statementPayloadType,
  type ValidationStatement,
  validationPredicateType,
} from './statement.ts';
export { type EvidencePlaces, type WrittenCertificate, writeCertificate } from './write-certificate.ts';
