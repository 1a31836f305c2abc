import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { errorMessage } from '../../../foundation/index.ts';
import { certificateErrors } from './errors.ts';

/** The private half of a key that signs certificates. */
export interface SigningKey {
  privateKey: KeyObject;
  /** See {@link keyIdOf}. */
  keyId: string;
  /** What a person should know of the file: that others can read it. */
  notices: string[];
}

/** The public half, by which certificates are believed. */
export interface VerifyingKey {
  publicKey: KeyObject;
  keyId: string;
}

export interface SigningKeyOptions {
  /** The environment variable with the passphrase of an encrypted key. */
  passphraseFrom?: string;
  /** By default the environment of the process. */
  environment?: NodeJS.ProcessEnv;
}

/** More is no key. */
const longestKeyBytes = 64 * 1024;

/**
 * Reads a private key: Ed25519, or ECDSA on the curve P-256, as PEM (PKCS #8, RFC 5958; encrypted or not).
 *
 * @throws CERTIFICATE_KEY_UNUSABLE when it cannot be read, is of another kind, or its passphrase is missing or wrong.
 */
export async function readSigningKey(path: string, options: SigningKeyOptions = {}): Promise<SigningKey> {
  const tried = 'read the key that signs the certificate';
  const expected = 'a private key of the kind Ed25519 or ECDSA P-256, PEM (PKCS #8)';
  const refuse = refusal({ tried, where: path, expected });
  const text = await readKeyFile(path, refuse);
  if (/^-----BEGIN PUBLIC KEY-----/m.test(text)) throw refuse('the public half of a key');
  const passphrase = passphraseOf(text, options, refuse);
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (error) {
    const isLocked = passphrase !== undefined;
    throw refuse(isLocked ? `a key that this passphrase does not open` : errorMessage(error), error);
  }
  assertKind(privateKey, refuse);
  return { privateKey, keyId: keyIdOf(createPublicKey(privateKey)), notices: await noticesOf(path) };
}

/**
 * Reads the public key by which certificates are believed: PEM (SubjectPublicKeyInfo, RFC 5280).
 *
 * @throws CERTIFICATE_KEY_UNUSABLE when it cannot be read, is of another kind, or is the private half.
 */
export async function readVerifyingKey(path: string): Promise<VerifyingKey> {
  const tried = 'read the key by which the certificate is believed';
  const expected = 'a public key of the kind Ed25519 or ECDSA P-256, PEM (BEGIN PUBLIC KEY)';
  const refuse = refusal({ tried, where: path, expected });
  const text = await readKeyFile(path, refuse);
  if (/^-----BEGIN [A-Z ]*PRIVATE KEY-----/m.test(text)) {
    throw refuse('the private half of a key, which belongs where certificates are signed, and nowhere else');
  }
  if (!/^-----BEGIN PUBLIC KEY-----/m.test(text)) throw refuse('no public key');
  let publicKey: KeyObject;
  try {
    publicKey = createPublicKey(text);
  } catch (error) {
    throw refuse(errorMessage(error), error);
  }
  assertKind(publicKey, refuse);
  return { publicKey, keyId: keyIdOf(publicKey) };
}

/** The name of a key: SHA-256 of its SubjectPublicKeyInfo (DER), in hexadecimal. */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

type Refuse = (got: string, cause?: unknown) => Error;

function refusal(facts: { tried: string; where: string; expected: string }): Refuse {
  return (got, cause) => certificateErrors.CERTIFICATE_KEY_UNUSABLE({ ...facts, got }, cause);
}

async function readKeyFile(path: string, refuse: Refuse): Promise<string> {
  try {
    // Pipes, such as a shell's <(…), have no size.
    const { size } = await stat(path);
    if (size > longestKeyBytes) throw new Error(`a file of ${size} bytes`);
    return await readFile(path, 'utf8');
  } catch (error) {
    throw refuse(errorMessage(error), error);
  }
}

function passphraseOf(text: string, options: SigningKeyOptions, refuse: Refuse): string | undefined {
  const isEncrypted = /^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text);
  if (!isEncrypted) return undefined;
  const { passphraseFrom, environment = process.env } = options;
  if (passphraseFrom === undefined) throw refuse('an encrypted key, and no variable with its passphrase');
  const passphrase = environment[passphraseFrom];
  if (passphrase === undefined) {
    throw refuse(`an encrypted key, and the environment variable ${passphraseFrom} is not set`);
  }
  return passphrase;
}

function assertKind({ asymmetricKeyType: type, asymmetricKeyDetails }: KeyObject, refuse: Refuse): void {
  const curve = asymmetricKeyDetails?.namedCurve;
  if (type === 'ed25519' || (type === 'ec' && curve === 'prime256v1')) return;
  throw refuse(`a key of the kind ${type}${curve === undefined ? '' : `, curve ${curve}`}`);
}

/** A pipe has nobody who could read it after us. */
async function noticesOf(path: string): Promise<string[]> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isFile() || (facts.mode & 0o077) === 0) return [];
  const mode = (facts.mode & 0o777).toString(8).padStart(4, '0');
  return [`others than its owner can read or change the key ${path} (mode ${mode}): chmod 600 ${path}`];
}
