import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { errorMessage } from '../../../foundation/index.ts';
import { knownStateErrors } from '../../known-state/errors.ts';

/** The two halves of an Ed25519 key (RFC 8032), as PEM. */
export interface SigningKey {
  /** PKCS #8. Signs the manifests of system partitions; it never leaves the factory. */
  privateKey: string;
  /** SubjectPublicKeyInfo. Medium and systems carry it. */
  publicKey: string;
}

/**
 * Makes a signing key: the private half at `path`, which only its owner can read, the public one at `path.pub`.
 *
 * @returns the path of the public half.
 * @throws KNOWN_STATE_KEY_EXISTS when something lies at either; it stays as it is.
 */
export async function makeSigningKey(path: string): Promise<string> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const publicPath = `${path}.pub`;
  await writeNew(publicPath, publicKey, 0o644);
  try {
    await writeNew(path, privateKey, 0o600);
  } catch (error) {
    await rm(publicPath);
    throw error;
  }
  return publicPath;
}

/**
 * Reads a private signing key from a file.
 *
 * @throws KNOWN_STATE_KEY_UNUSABLE when there is none, or it is another kind of key.
 */
export async function readSigningKey(path: string): Promise<SigningKey> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw unusable(path, errorMessage(error), error);
  });
  return parseSigningKey(text, path);
}

/**
 * Takes a private signing key from its text.
 *
 * @param where What errors call it.
 * @throws KNOWN_STATE_KEY_UNUSABLE when it is another kind of key.
 */
export function parseSigningKey(text: string, where: string): SigningKey {
  if (/^-----BEGIN PUBLIC KEY-----/m.test(text)) throw unusable(where, 'the public half of a key');
  const key = readKey(text, where);
  if (key.asymmetricKeyType !== 'ed25519')
    throw unusable(where, `a private key of the kind ${key.asymmetricKeyType}`);
  return {
    privateKey: String(key.export({ type: 'pkcs8', format: 'pem' })),
    publicKey: String(createPublicKey(key).export({ type: 'spki', format: 'pem' })),
  };
}

function readKey(text: string, where: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw unusable(where, errorMessage(error), error);
  }
}

function unusable(where: string, got: string, cause?: unknown): Error {
  return knownStateErrors.KNOWN_STATE_KEY_UNUSABLE(
    { tried: 'read the key that signs system images', where, expected: 'a private Ed25519 key, PEM', got },
    cause,
  );
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  await writeFile(path, text, { mode, flag: 'wx', flush: true }).catch((error) => {
    if (error.code !== 'EEXIST') throw error;
    throw knownStateErrors.KNOWN_STATE_KEY_EXISTS({ tried: 'make a signing key', where: path }, error);
  });
}
