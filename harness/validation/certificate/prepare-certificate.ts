import { createHash } from 'node:crypto';
import { access, constants, readFile, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { errorMessage } from '../../../foundation/index.ts';
import { fileError } from '../../file-errors.ts';
import { readSigningKey, type SigningKey, type SigningKeyOptions } from './certificate-keys.ts';
import { certificateErrors } from './errors.ts';
import { readEnvelope } from './read-certificate.ts';
import type { CertifiedFile } from './statement.ts';

export interface CertificateWishes extends SigningKeyOptions {
  /** The file for the certificate; a certificate that is there is replaced. */
  outPath: string;
  /** The private key. */
  keyPath: string;
  /** The file by which the disk is validated, and what it calls itself. */
  profile?: { path: string; name?: string | undefined };
}

/** What is needed to certify a disk, read before the validation, which may take an hour. */
export interface PreparedCertificate {
  outPath: string;
  key: SigningKey;
  profile?: CertifiedFile;
  /** Sentences that a person should read. */
  notices: string[];
}

/**
 * Reads what certifies a disk, before it is validated: the key, the bytes of the profile; and looks whether the
 * certificate can be written. Nothing is written.
 *
 * @throws CERTIFICATE_KEY_UNUSABLE, CERTIFICATE_PLACE_TAKEN, HARNESS_FOLDER_UNUSABLE
 */
export async function prepareCertificate({
  outPath,
  keyPath,
  profile,
  ...options
}: CertificateWishes): Promise<PreparedCertificate> {
  const key = await readSigningKey(keyPath, options);
  await assertPlaceFor(outPath);
  return {
    ...{ outPath, key, notices: key.notices },
    ...(profile && { profile: await certifiedProfile(profile.path, profile.name) }),
  };
}

/**
 * A certificate replaces a certificate, and nothing else: a master, or a key, that was named by mistake stays.
 *
 * @throws CERTIFICATE_PLACE_TAKEN, HARNESS_FOLDER_UNUSABLE
 */
export async function assertPlaceFor(outPath: string): Promise<void> {
  const isTaken = await stat(outPath).then(
    () => true,
    (error) => error.code !== 'ENOENT',
  );
  if (isTaken) {
    await readEnvelope(outPath).catch((error) => {
      const facts = { tried: 'find a place for the certificate', where: outPath, got: errorMessage(error) };
      throw certificateErrors.CERTIFICATE_PLACE_TAKEN(facts, error);
    });
  }
  await assertWritable(dirname(outPath)).catch((error) => {
    throw fileError(`write the certificate ${outPath}`, error);
  });
}

/** A folder that is not there is made in the one above it, when the certificate is written. */
async function assertWritable(folder: string): Promise<void> {
  await access(folder, constants.W_OK).catch(async (error) => {
    if (error.code !== 'ENOENT') throw error;
    await assertWritable(dirname(folder));
  });
}

async function certifiedProfile(path: string, name: string | undefined): Promise<CertifiedFile> {
  const bytes = await readFile(path).catch((error) => {
    throw fileError(`read the profile ${path}`, error);
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name: name ?? basename(path), digest: { sha256 } };
}
