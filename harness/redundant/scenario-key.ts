import { createHash } from 'node:crypto';
import { parseSigningKey, type SigningKey } from '../../core/factory/index.ts';

/** What an Ed25519 key in PKCS #8 begins with (RFC 8410, section 7); the 32 bytes of its seed follow. */
const keyHead = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * A signing key for scenarios, which follows from its name: sets that are kept can be made again. Everybody can make it, so
 * it must never sign what leaves this host.
 */
export function scenarioKey(name: string): SigningKey {
  const seed = createHash('sha256').update(`assay scenario key ${name}`).digest();
  const text = Buffer.concat([keyHead, seed]).toString('base64');
  return parseSigningKey(
    `-----BEGIN PRIVATE KEY-----\n${text}\n-----END PRIVATE KEY-----\n`,
    `the key "${name}"`,
  );
}
