import { readFile, stat } from 'node:fs/promises';
import { errorMessage } from '../../../foundation/index.ts';
import type { VerifyingKey } from './certificate-keys.ts';
import { type DsseEnvelope, parseEnvelope, verifiedPayload } from './dsse-envelope.ts';
import { certificateErrors } from './errors.ts';
import { statementPayloadType, type ValidationStatement, validationStatementSchema } from './statement.ts';

/** Thousands of accepted findings fit in; what is larger is something else. */
const longestCertificateBytes = 16 * 1024 ** 2;

/**
 * Reads the file of a certificate. Nothing that it says is proven by that.
 *
 * @throws CERTIFICATE_UNREADABLE
 */
export async function readEnvelope(path: string): Promise<DsseEnvelope> {
  try {
    const facts = await stat(path);
    if (!facts.isFile()) throw new Error('it is no file');
    if (facts.size > longestCertificateBytes) throw new Error(`a file of ${facts.size} bytes`);
    return parseEnvelope(await readFile(path, 'utf8'));
  } catch (error) {
    const expected = 'a DSSE envelope in JSON';
    const facts = { tried: 'read the certificate', where: path, expected, got: errorMessage(error) };
    throw certificateErrors.CERTIFICATE_UNREADABLE(facts, error);
  }
}

/**
 * What a certificate says, once its signature has been verified with the key. Whether that is enough is another
 * question.
 *
 * @throws CERTIFICATE_UNREADABLE, CERTIFICATE_NOT_TRUSTED, CERTIFICATE_INVALID
 */
export async function readCertificate(path: string, key: VerifyingKey): Promise<ValidationStatement> {
  const envelope = await readEnvelope(path);
  const payload = verifiedPayload(envelope, key.publicKey);
  if (payload === undefined) throw notTrusted(path, envelope, key);
  return statementOf(envelope.payloadType, payload, path);
}

/**
 * What a certificate claims, with nobody to vouch for it.
 *
 * @throws CERTIFICATE_INVALID
 */
export function claimedStatement(envelope: DsseEnvelope, path: string): ValidationStatement {
  return statementOf(envelope.payloadType, Buffer.from(envelope.payload, 'base64'), path);
}

function statementOf(payloadType: string, payload: Buffer, path: string): ValidationStatement {
  const tried = 'read what the certificate says';
  if (payloadType !== statementPayloadType) {
    const facts = { expected: statementPayloadType, got: JSON.stringify(payloadType) };
    throw certificateErrors.CERTIFICATE_INVALID({ tried, where: `${path}, payloadType`, ...facts });
  }
  let value: unknown;
  try {
    value = JSON.parse(payload.toString('utf8'));
  } catch (error) {
    const got = errorMessage(error);
    throw certificateErrors.CERTIFICATE_INVALID({ tried, where: path, expected: 'JSON', got }, error);
  }
  const result = validationStatementSchema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path: place, message }) => `${place.join('.')}: ${message}`);
  throw certificateErrors.CERTIFICATE_INVALID({ tried, where: path, got: problems.join('; ') });
}

function notTrusted(path: string, { signatures }: DsseEnvelope, { keyId }: VerifyingKey): Error {
  const named = signatures.map(({ keyid }) => keyid ?? 'a key without a name');
  const isNamed = named.includes(keyId);
  return certificateErrors.CERTIFICATE_NOT_TRUSTED({
    tried: 'verify the signature of the certificate',
    where: path,
    expected: `a signature by the key ${keyId}`,
    got: isNamed
      ? 'one that names this key and does not fit: certificate or signature were changed'
      : `signed by ${named.join(', ')}`,
  });
}
