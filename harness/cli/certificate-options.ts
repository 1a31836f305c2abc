import type { Options } from 'yargs';
import { harnessErrors } from '../errors.ts';
import type { RequiredScope, ValidationStatement } from '../validation/certificate/index.ts';
import type { Words } from './command.ts';
import { text } from './option-values.ts';

/** Those by which `assay clone` takes certified masters only. */
export const certificateOptions: Record<string, Options> = {
  'require-certificate': {
    type: 'string',
    requiresArg: true,
    describe: 'clone only when the master is the one that this certificate of assay validate is of',
  },
  'certificate-key': {
    type: 'string',
    requiresArg: true,
    describe: 'the public key (PEM) that the certificate has to be signed with',
  },
  'certificate-scope': {
    type: 'string',
    requiresArg: true,
    choices: ['dynamic', 'static'],
    describe: 'what it has to vouch for: started clones (dynamic, the default), or only a disk that was read',
  },
};

/** A certificate that was asked for, verified and found sufficient. */
export interface RequiredCertificate {
  path: string;
  keyId: string;
  statement: ValidationStatement;
}

/**
 * Reads the certificate that the command line asks for; undefined when it asks for none.
 *
 * @throws HARNESS_USAGE; CERTIFICATE_KEY_UNUSABLE, CERTIFICATE_UNREADABLE, CERTIFICATE_NOT_TRUSTED,
 * CERTIFICATE_INVALID, CERTIFICATE_INSUFFICIENT
 */
export async function readRequiredCertificate(words: Words): Promise<RequiredCertificate | undefined> {
  const path = text(words, 'require-certificate');
  const keyPath = text(words, 'certificate-key');
  const scope = text(words, 'certificate-scope') as RequiredScope | undefined;
  const tried = 'clone by a certificate';
  if (path === undefined) {
    if (keyPath === undefined && scope === undefined) return undefined;
    throw harnessErrors.HARNESS_USAGE({ tried, expected: '--require-certificate FILE' });
  }
  if (keyPath === undefined) {
    const expected = '--certificate-key FILE, the public key: what anybody can sign says nothing';
    throw harnessErrors.HARNESS_USAGE({ tried, expected });
  }
  // Most commands need none of it.
  const { assertSufficient, readCertificate, readVerifyingKey } = await import(
    '../validation/certificate/index.ts'
  );
  const key = await readVerifyingKey(keyPath);
  const statement = await readCertificate(path, key);
  assertSufficient(statement, scope ?? 'dynamic', path);
  return { path, keyId: key.keyId, statement };
}
