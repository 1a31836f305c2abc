import { errorTable } from '../../../foundation/index.ts';

/** Errors of `harness/validation/certificate/`; every code has a section in `docs/errors/certificate.md`. */
export const certificateErrors = errorTable({
  CERTIFICATE_KEY_UNUSABLE: {
    blame: 'usage',
    summary: 'a key cannot be used for certificates',
    remedy:
      'make one: openssl genpkey -algorithm ed25519 -out key.pem; its public half: openssl pkey -in key.pem -pubout -out key.pub',
  },
  CERTIFICATE_PLACE_TAKEN: {
    blame: 'usage',
    summary: 'a certificate would replace something that is none',
    remedy: 'name another file for the certificate, or move that one away',
  },
  CERTIFICATE_NOT_EARNED: {
    blame: 'product',
    summary: 'a disk that is not fit gets no certificate',
    remedy: 'mend what the report names, and validate again',
  },
  CERTIFICATE_UNREADABLE: {
    blame: 'usage',
    summary: 'a file is no certificate',
    remedy: 'name the file that `assay validate --certificate` has written',
  },
  CERTIFICATE_NOT_TRUSTED: {
    blame: 'usage',
    summary: 'a certificate is not signed with this key',
    remedy:
      'it was changed, or somebody else has signed it: get certificate and public key again, each by a way that you trust',
  },
  CERTIFICATE_INVALID: {
    blame: 'usage',
    summary: 'what is signed is no certificate of a disk',
    remedy: 'name a certificate that `assay validate --certificate` has written',
  },
  CERTIFICATE_INSUFFICIENT: {
    blame: 'usage',
    summary: 'a certificate does not say enough',
    remedy: 'validate the master again, and clone it by the new certificate',
  },
  CERTIFICATE_DISK_DIFFERS: {
    blame: 'usage',
    summary: 'a disk is not the one that was certified',
    remedy:
      'take the disk that was validated, or validate this one; a single byte, or a boot of it, makes another disk of it',
  },
});
